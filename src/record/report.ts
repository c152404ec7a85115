import { Bookkeeper } from '../../operators/call/bookkeeper.ts';
import { endOfTurnDelay } from '../../operators/call/endOfTurnDelay.ts';
import { isCancelled } from '../../operators/call/isCancelled.ts';
import type { AgentEvent, DropReason, Failure } from '../../operators/events.ts';
import { Stopwatch, type Measured } from '../../operators/call/latency.ts';
import type { Cost, Ledger } from '../../operators/call/ledger.ts';

/** The intervals of a reply, each from one of its moments to a later one. */
export const intervals = {
  'end of speech → end of turn': ['endOfSpeech', 'endOfTurn'],
  'end of turn → first token': ['endOfTurn', 'firstToken'],
  'first token → first audio': ['firstToken', 'firstAudio'],
  'first audio → first sound': ['firstAudio', 'firstSound'],
  'end of turn → first sound': ['endOfTurn', 'firstSound'],
  'end of speech → first sound': ['endOfSpeech', 'firstSound'],
} as const satisfies Readonly<Record<string, readonly [keyof Measured, keyof Measured]>>;

export type Interval = keyof typeof intervals;

/** Durations in ms: how many are known, their median, their 95th percentile, the longest. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
}

/** Failures of one kind. */
export interface Failed {
  readonly stage: Failure['stage'];
  readonly code: string;
  readonly recovered: boolean;
  readonly count: number;
}

/** Figures of several calls together. */
export interface CallsReport {
  readonly calls: number;
  /** Turns that entered the conversation. */
  readonly turns: number;
  /** Turns that were not answered, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Replies that ended. */
  readonly replies: number;
  /** Replies of which nothing was heard; `cancelled` are those of them that were stopped. */
  readonly unheard: number;
  readonly cancelled: number;
  /** Replies that were interrupted while they were heard. */
  readonly cut: number;
  readonly bargeIns: number;
  readonly latency: Readonly<Record<Interval, Spread | null>>;
  readonly drafts: {
    readonly started: number;
    readonly kept: number;
    readonly dropped: Readonly<Record<DropReason, number>>;
    /** Spent on drafts that were dropped. */
    readonly tokensInVain: number;
    readonly charactersInVain: number;
    /** Milliseconds won on all turns together, and on how many turns. */
    readonly wonMs: number;
    readonly won: number;
    /** Drafts that were not begun, or not spoken early, to keep a budget. */
    readonly shed: Ledger['shed'];
  };
  /** The most frequent first. */
  readonly failures: readonly Failed[];
}

/**
 * Sums up the events of calls: the intervals of replies, the cost and gain of drafts, interruptions, failures.
 *
 * The end of speech is the end of the last word, placed before the end of its turn by `endOfTurnDelay`. An interval that a call
 * does not know (of a greeting, of a recogniser without word times) is left out. A drafted reply may have its first token before
 * its turn ends; that interval counts as 0, because nobody waited.
 */
export function reportOf(calls: Iterable<readonly AgentEvent[]>): CallsReport {
  const tally = new Tally();
  for (const events of calls) tally.add(events);
  return tally.report();
}

class Tally {
  readonly #counts = { calls: 0, turns: 0, replies: 0, unheard: 0, cancelled: 0, cut: 0, bargeIns: 0 };
  readonly #ignored: Record<string, number> = {};
  readonly #failures = new Map<string, Failed>();
  readonly #durations = new Map<Interval, number[]>();
  readonly #dropped = { resumed: 0, changed: 0, superseded: 0, timeout: 0, failed: 0, started: 0, closed: 0 };
  readonly #drafts = { started: 0, kept: 0, tokensInVain: 0, charactersInVain: 0, wonMs: 0, won: 0 };
  readonly #shed = { drafts: 0, speech: 0 };

  add(events: readonly AgentEvent[]): void {
    const book = new Bookkeeper();
    const stopwatch = new Stopwatch();
    const delays = new Map<string, number | null>();
    this.#counts.calls++;
    for (const event of events) {
      book.see(event);
      if (event.type === 'EndOfTurn') delays.set(event.turn, endOfTurnDelay(event));
      const measured = stopwatch.see(event);
      if (measured) this.#measure(measured, delays.get(measured.turn ?? '') ?? null);
      this.#count(event);
    }
    this.#enter(book.ledger);
  }

  report(): CallsReport {
    const spreads = Object.keys(intervals).map((name) => [name, spread(this.#durations.get(name as Interval) ?? [])]);
    return {
      ...this.#counts,
      ignored: this.#ignored,
      latency: Object.fromEntries(spreads) as CallsReport['latency'],
      drafts: { ...this.#drafts, dropped: this.#dropped, shed: this.#shed },
      failures: [...this.#failures.values()].sort((one, other) => other.count - one.count),
    };
  }

  #enter({ started, kept, dropped, wonMs, won, shed }: Ledger): void {
    this.#drafts.started += started;
    this.#drafts.kept += kept.count;
    this.#drafts.wonMs += wonMs;
    this.#drafts.won += won;
    this.#shed.drafts += shed.drafts;
    this.#shed.speech += shed.speech;
    for (const [reason, cost] of Object.entries(dropped) as [DropReason, Cost][]) {
      this.#dropped[reason] += cost.count;
      this.#drafts.tokensInVain += cost.tokens;
      this.#drafts.charactersInVain += cost.characters;
    }
  }

  #measure(measured: Measured, delay: number | null): void {
    const { endOfTurn } = measured;
    const moments = { ...measured, endOfSpeech: endOfTurn === null || delay === null ? null : endOfTurn - delay };
    for (const [name, [from, to]] of Object.entries(intervals) as [Interval, (typeof intervals)[Interval]][]) {
      const [begin, end] = [moments[from], moments[to]];
      if (begin === null || end === null) continue;
      const known = this.#durations.get(name) ?? [];
      known.push(Math.max(0, end - begin));
      this.#durations.set(name, known);
    }
  }

  #count(event: AgentEvent): void {
    switch (event.type) {
      case 'TurnTaken':
        this.#counts.turns++;
        break;
      case 'TurnIgnored':
        this.#ignored[event.reason] = (this.#ignored[event.reason] ?? 0) + 1;
        break;
      case 'BargeIn':
        this.#counts.bargeIns++;
        break;
      case 'ReplyEnded':
        this.#counts.replies++;
        if (event.heard === '') this.#counts.unheard++;
        if (event.interrupted) this.#counts[isCancelled(event) ? 'cancelled' : 'cut']++;
        break;
      case 'Failure': {
        const { stage, code, recovered } = event;
        const name = `${stage} ${code} ${recovered}`;
        const count = (this.#failures.get(name)?.count ?? 0) + 1;
        this.#failures.set(name, { stage, code, recovered, count });
        break;
      }
      default:
    }
  }
}

/** Percentiles by nearest rank. */
function spread(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return sorted.length === 0 ? null : { count: sorted.length, p50: at(0.5), p95: at(0.95), longest: at(1) };
}
