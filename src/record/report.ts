import { Bookkeeper } from '../../operators/call/bookkeeper.ts';
import type { AgentEvent, DropReason, Failure } from '../../operators/events.ts';
import { Stopwatch, type Measured } from '../../operators/call/latency.ts';
import type { Cost, Ledger } from '../../operators/call/ledger.ts';

/** Stretches of a reply, each from one of its moments to a later one. */
export const stretches = {
  'end of speech → end of turn': ['endOfSpeech', 'endOfTurn'],
  'end of turn → first token': ['endOfTurn', 'firstToken'],
  'first token → first audio': ['firstToken', 'firstAudio'],
  'first audio → first sound': ['firstAudio', 'firstSound'],
  'end of turn → first sound': ['endOfTurn', 'firstSound'],
  'end of speech → first sound': ['endOfSpeech', 'firstSound'],
} as const satisfies Readonly<Record<string, readonly [keyof Measured, keyof Measured]>>;

export type Stretch = keyof typeof stretches;

/** How long something took, in ms: of so many that are known, the middle one, the one that 5 % exceed, the longest. */
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

/** What calls came to, all together. */
export interface CallsReport {
  readonly calls: number;
  /** What the caller said and was taken as a turn. */
  readonly turns: number;
  /** Turns that were not answered, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Replies that ended; of them those of which nothing was heard, and those that were cut. */
  readonly replies: number;
  readonly unheard: number;
  readonly cut: number;
  readonly bargeIns: number;
  readonly latency: Readonly<Record<Stretch, Spread | null>>;
  /** Drafts: started, kept, dropped by reason; what was spent in vain; ms won on so many turns; shed, to keep a budget. */
  readonly drafts: {
    readonly started: number;
    readonly kept: number;
    readonly dropped: Readonly<Record<DropReason, number>>;
    readonly tokensInVain: number;
    readonly charactersInVain: number;
    readonly wonMs: number;
    readonly won: number;
    readonly shed: Ledger['shed'];
  };
  /** The most frequent first. */
  readonly failures: readonly Failed[];
}

/**
 * What the events of calls come to: how long each stretch of a reply took, what drafts cost and won, who was interrupted, what
 * failed. Times that a call does not know (of a greeting, of a recogniser without times of words) are left out of their stretch.
 * A drafted reply may have its first token before the end of its turn: that counts as 0, for nobody waited for it.
 */
export function reportOf(calls: Iterable<readonly AgentEvent[]>): CallsReport {
  const taken = new Tally();
  for (const events of calls) taken.add(events);
  return taken.report();
}

class Tally {
  #calls = 0;
  #turns = 0;
  #replies = 0;
  #unheard = 0;
  #cut = 0;
  #bargeIns = 0;
  readonly #ignored: Record<string, number> = {};
  readonly #failures = new Map<string, Failed>();
  readonly #took = new Map<Stretch, number[]>();
  readonly #dropped: Record<DropReason, number> = {
    resumed: 0,
    changed: 0,
    superseded: 0,
    timeout: 0,
    failed: 0,
    started: 0,
    closed: 0,
  };
  readonly #drafts = {
    started: 0,
    kept: 0,
    tokensInVain: 0,
    charactersInVain: 0,
    wonMs: 0,
    won: 0,
    shed: { drafts: 0, speech: 0 },
  };

  add(events: readonly AgentEvent[]): void {
    const book = new Bookkeeper();
    const stopwatch = new Stopwatch();
    this.#calls++;
    for (const event of events) {
      book.see(event);
      const measured = stopwatch.see(event);
      if (measured) this.#measure(measured);
      this.#count(event);
    }
    const { started, kept, dropped, wonMs, won, shed } = book.ledger;
    this.#drafts.started += started;
    this.#drafts.kept += kept.count;
    this.#drafts.wonMs += wonMs;
    this.#drafts.won += won;
    this.#drafts.shed.drafts += shed.drafts;
    this.#drafts.shed.speech += shed.speech;
    for (const [reason, cost] of Object.entries(dropped) as [DropReason, Cost][]) {
      this.#dropped[reason] += cost.count;
      this.#drafts.tokensInVain += cost.tokens;
      this.#drafts.charactersInVain += cost.characters;
    }
  }

  report(): CallsReport {
    const calls = this.#calls;
    const turns = this.#turns;
    const ignored = this.#ignored;
    const replies = this.#replies;
    const unheard = this.#unheard;
    const cut = this.#cut;
    const bargeIns = this.#bargeIns;
    const drafts = this.#drafts;
    const dropped = this.#dropped;
    const spreads = Object.keys(stretches).map((name) => [name, spread(this.#took.get(name as Stretch) ?? [])]);
    const latency = Object.fromEntries(spreads) as CallsReport['latency'];
    const failures = [...this.#failures.values()].sort((one, other) => other.count - one.count);
    return { calls, turns, ignored, replies, unheard, cut, bargeIns, latency, drafts: { ...drafts, dropped }, failures };
  }

  #measure(measured: Measured): void {
    for (const [name, [from, to]] of Object.entries(stretches) as [Stretch, readonly [keyof Measured, keyof Measured]][]) {
      const [began, ended] = [measured[from], measured[to]];
      if (typeof began !== 'number' || typeof ended !== 'number') continue;
      const known = this.#took.get(name) ?? [];
      known.push(Math.max(0, ended - began));
      this.#took.set(name, known);
    }
  }

  #count(event: AgentEvent): void {
    switch (event.type) {
      case 'TurnTaken':
        this.#turns++;
        break;
      case 'TurnIgnored':
        this.#ignored[event.reason] = (this.#ignored[event.reason] ?? 0) + 1;
        break;
      case 'BargeIn':
        this.#bargeIns++;
        break;
      case 'ReplyEnded':
        this.#replies++;
        if (event.heard === '') this.#unheard++;
        else if (event.interrupted) this.#cut++;
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
