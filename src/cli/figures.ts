import cliTruncate from 'cli-truncate';
import Table from 'cli-table3';
import type { AgentEvent, Latency } from '../../operators/events.ts';
import { clock, count, legible, type Colors } from './paint.ts';

interface Measured extends Latency {
  readonly drafted: boolean;
  readonly interrupted: boolean;
  readonly said: string;
}

/** What a call comes to: counts, and a line of the table for each reply. */
export class Figures {
  turns = 0;
  private readonly said = new Map<string, string>();
  private readonly drafted = new Set<number>();
  private readonly answered = new Set<string>();
  private readonly measured: Measured[] = [];
  private drafts = 0;
  private dropped = 0;
  private bargeIns = 0;
  private latency: Latency | undefined;

  /** Takes note of an event. */
  see(event: AgentEvent): void {
    switch (event.type) {
      case 'TurnTaken':
        this.turns++;
        this.said.set(event.turn, event.text);
        break;
      case 'DraftStarted':
        this.drafts++;
        break;
      case 'DraftDropped':
        this.dropped++;
        break;
      case 'ReplyStarted':
        if (event.drafted) this.drafted.add(event.reply);
        break;
      case 'BargeIn':
        this.bargeIns++;
        break;
      case 'Latency':
        this.latency = event;
        break;
      case 'ReplyEnded':
        if (this.latency?.reply === event.reply) this.measure(this.latency, event.interrupted, event.heardMs);
        break;
      default:
    }
  }

  /** In a sentence. */
  summary(): string {
    const kept = this.drafts - this.dropped;
    const drafts = this.drafts === 0 ? '' : ` · ${count(this.drafts, 'draft')}: ${kept} kept, ${this.dropped} dropped`;
    return `${count(this.turns, 'turn')}, ${this.answered.size} answered${drafts} · ${count(this.bargeIns, 'barge-in')}`;
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
    this.measured.forEach((each, index) => {
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
    if (this.measured.length === 0) return '';
    const [one = '', two = '', ...rows] = table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd());
    return [colors.dim(one), colors.dim(two), ...rows].join('\n');
  }

  private measure(latency: Latency, interrupted: boolean, heardMs: number): void {
    const { turn, reply } = latency;
    if (turn !== undefined && heardMs > 0) this.answered.add(turn);
    const said = (turn !== undefined && this.said.get(turn)) || '';
    this.measured.push({ ...latency, drafted: this.drafted.delete(reply), interrupted, said });
  }
}

const signed = (ms: number) => `${ms > 0 ? '+' : ''}${Math.round(ms)}`;

const noLines = {
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
