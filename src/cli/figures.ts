import cliTruncate from 'cli-truncate';
import Table from 'cli-table3';
import { Bookkeeper } from '../../operators/call/bookkeeper.ts';
import type { AgentEvent, Latency } from '../../operators/events.ts';
import { type Cost, inTheField } from '../../operators/call/ledger.ts';
import { clock, count, legible, type Colors } from './paint.ts';

interface Measured extends Latency {
  readonly drafted: boolean;
  readonly interrupted: boolean;
  readonly said: string;
}

/** What a call comes to: counts, and a line of the table for each reply. */
export class Figures {
  turns = 0;
  readonly #said = new Map<string, string>();
  readonly #drafted = new Set<number>();
  readonly #answered = new Set<string>();
  readonly #measured: Measured[] = [];
  readonly #book = new Bookkeeper();
  #bargeIns = 0;
  #latency: Latency | undefined;

  /** Takes note of an event. */
  see(event: AgentEvent): void {
    this.#book.see(event);
    switch (event.type) {
      case 'TurnTaken':
        this.turns++;
        this.#said.set(event.turn, event.text);
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
        if (this.#latency?.reply === event.reply) this.#measure(this.#latency, event.interrupted, event.heardMs);
        break;
      default:
    }
  }

  /** In a sentence. */
  summary(): string {
    const { started, kept, dropped } = this.#book.ledger;
    const drafts = started === 0 ? '' : ` · ${count(started, 'draft')}: ${kept.count} kept, ${sum(dropped, 'count')} dropped`;
    return `${count(this.turns, 'turn')}, ${this.#answered.size} answered${drafts} · ${count(this.#bargeIns, 'barge-in')}`;
  }

  /** What drafts have cost and won; nothing if there were none. */
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

  /** A row a reply, times relative to the end of its turn. `speed`: how much faster than life the caller was played. */
  table(colors: Colors, speed: number): string {
    const table = new Table({
      head: [
        'turn',
        'the caller said',
        'reply',
        'end of\nspeech',
        '\neager',
        'end of\nturn',
        'first\ntoken',
        'first\naudio',
        'first\nsound',
      ],
      colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
      chars: noLines,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    });
    this.#measured.forEach((each, index) => {
      const { endOfTurn } = each;
      const relative = (at: number | null) => (at === null || endOfTurn === null ? '-' : signed(at - endOfTurn));
      table.push([
        `${index + 1}`,
        cliTruncate(legible(each.said), 24),
        `${each.drafted ? 'drafted' : 'asked'}${each.interrupted ? ', cut' : ''}`,
        relative(each.endOfSpeech === null ? null : each.endOfSpeech / speed),
        relative(each.eager),
        endOfTurn === null ? '-' : clock(endOfTurn),
        relative(each.firstToken),
        relative(each.firstAudio),
        relative(each.firstSound),
      ]);
    });
    if (this.#measured.length === 0) return '';
    const [one = '', two = '', ...rows] = table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd());
    return [colors.dim(one), colors.dim(two), ...rows].join('\n');
  }

  #measure(latency: Latency, interrupted: boolean, heardMs: number): void {
    const { turn, reply } = latency;
    if (turn !== undefined && heardMs > 0) this.#answered.add(turn);
    const said = (turn !== undefined && this.#said.get(turn)) || '';
    this.#measured.push({ ...latency, drafted: this.#drafted.delete(reply), interrupted, said });
  }
}

const sum = (costs: Readonly<Record<string, Cost>>, of: keyof Cost) =>
  Object.values(costs).reduce((total, cost) => total + cost[of], 0);

const signed = (ms: number) => `${ms > 0 ? '+' : ''}${Math.round(ms)}`;

/** A table without lines. */
export const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
