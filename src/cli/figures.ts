import cliTruncate from 'cli-truncate';
import { Bookkeeper } from '../../operators/call/bookkeeper.ts';
import { endOfTurnDelay } from '../../operators/call/endOfTurnDelay.ts';
import { isCancelled } from '../../operators/call/isCancelled.ts';
import type { AgentEvent, Latency, ReplyEnded } from '../../operators/events.ts';
import { type Cost, inTheField } from '../../operators/call/ledger.ts';
import type { Colors } from './colors.ts';
import { clock, count, table, withoutControlCharacters } from './terminalText.ts';

interface Measured extends Latency {
  readonly kind: string;
  readonly transcript: string;
  readonly delay: number | null;
}

/** The figures of one call: counts, and a row of the table for each reply. */
export class Figures {
  turns = 0;
  readonly #transcripts = new Map<string, string>();
  readonly #delays = new Map<string, number | null>();
  readonly #drafted = new Set<number>();
  readonly #answered = new Set<string>();
  readonly #measured: Measured[] = [];
  readonly #book = new Bookkeeper();
  #bargeIns = 0;
  #latency: Latency | undefined;

  /** Counts an event. */
  see(event: AgentEvent): void {
    this.#book.see(event);
    switch (event.type) {
      case 'EndOfTurn':
        this.#delays.set(event.turn, endOfTurnDelay(event));
        break;
      case 'TurnTaken':
        this.turns++;
        this.#transcripts.set(event.turn, event.text);
        break;
      case 'ReplyStarted':
        if (event.drafted) this.#drafted.add(event.reply);
        break;
      case 'BargeIn':
        this.#bargeIns++;
        break;
      case 'Latency':
        this.#latency = event;
        break;
      case 'ReplyEnded':
        if (this.#latency?.reply === event.reply) this.#measure(this.#latency, event);
        break;
      default:
    }
  }

  /** One line with the counts. */
  summary(): string {
    const { started, kept, dropped } = this.#book.ledger;
    const drafts = started === 0 ? '' : ` · ${count(started, 'draft')}: ${kept.count} kept, ${sum(dropped, 'count')} dropped`;
    return `${count(this.turns, 'turn')}, ${this.#answered.size} answered${drafts} · ${count(this.#bargeIns, 'barge-in')}`;
  }

  /** The costs and gains of drafts; empty without drafts. */
  drafts(): string {
    const { started, kept, dropped, asked, wonMs, won, shed } = this.#book.ledger;
    if (started + shed.drafts === 0) return '';
    const calls = `${count(started + asked.count, 'model call')} for ${count(kept.count + asked.count, 'reply', 'replies')}`;
    const tokens = count(sum(dropped, 'tokens'), 'token');
    const characters = count(sum(dropped, 'characters'), 'character');
    const gain = won === 0 ? '' : `; ${Math.round(wonMs / won)} ms won a turn, on ${count(won, 'turn')}`;
    const less = shed.drafts + shed.speech === 0 ? '' : `; ${count(shed.drafts, 'draft')} shed, ${shed.speech} not spoken early`;
    return `${calls}, ${tokens} and ${characters} of speech in vain${gain}${less}. ${inTheField}`;
  }

  /** A row for each reply. Its times are relative to the end of the turn; the end of speech is measured by `endOfTurnDelay`. */
  table(colors: Colors): string {
    if (this.#measured.length === 0) return '';
    const times = ['end of\nspeech', '\neager', 'end of\nturn', 'first\ntoken', 'first\naudio', 'first\nsound'];
    const rows = this.#measured.map(({ transcript, kind, endOfTurn, delay, ...moments }, index) => {
      const relative = (at: number | null) => (at === null || endOfTurn === null ? '-' : signed(at - endOfTurn));
      return [
        `${index + 1}`,
        cliTruncate(withoutControlCharacters(transcript), 24),
        kind,
        delay === null || endOfTurn === null ? '-' : signed(-delay),
        relative(moments.eager),
        endOfTurn === null ? '-' : clock(endOfTurn),
        relative(moments.firstToken),
        relative(moments.firstAudio),
        relative(moments.firstSound),
      ];
    });
    const lines = table(['turn', 'the caller said', 'reply', ...times], rows, 3);
    return lines.map((line, index) => (index < 2 ? colors.dim(line) : line)).join('\n');
  }

  #measure(latency: Latency, ended: ReplyEnded): void {
    const { turn = '', reply } = latency;
    if (turn !== '' && ended.heardMs > 0) this.#answered.add(turn);
    const fate = isCancelled(ended) ? ', cancelled' : ended.interrupted ? ', cut' : '';
    this.#measured.push({
      ...latency,
      kind: `${this.#drafted.delete(reply) ? 'drafted' : 'asked'}${fate}`,
      transcript: this.#transcripts.get(turn) ?? '',
      delay: this.#delays.get(turn) ?? null,
    });
  }
}

const sum = (costs: Readonly<Record<string, Cost>>, field: keyof Cost) =>
  Object.values(costs).reduce((total, cost) => total + cost[field], 0);

const signed = (ms: number) => `${ms > 0 ? '+' : ''}${Math.round(ms)}`;
