import type { TurnThresholds } from '../../flux/turnMachine.ts';
import { bootstrap, type Range } from './bootstrap.ts';
import { outcomeOf, turnsOf } from './outcome.ts';
import { reasonsFor } from './reasons.ts';
import { cheapest, paretoFront, type ScoredThresholds } from './scoredThresholds.ts';
import { withFluxDefaults } from './thresholds.ts';

/** The messages of Flux in one call. */
export interface TunedCall {
  readonly messages: Iterable<unknown>;
  /** The confidence is made up, by a scenario or by the local backend: the call is no evidence. */
  readonly synthetic?: boolean;
}

/** The costs to weigh against each other. */
export interface TuneConfig {
  /** From a model call to the first sound of its answer. Default 320. */
  readonly readyMs?: number;
  /** How much longer a caller would rather wait than be cut off once. Default 3000. */
  readonly cutOffMs?: number;
  /** How much sooner an answer must come to be worth a wasted model call. Default 100. */
  readonly wastedMs?: number;
  /** Of the random samples for `within`. Default 1. */
  readonly seed?: number;
}

export interface Recommendation extends ScoredThresholds {
  /** The range of the best thresholds in 9 of 10 samples of these turns. */
  readonly within: { readonly eotThreshold: Range; readonly eagerEotThreshold: Range | null };
  readonly reasons: readonly string[];
}

export interface Tuning {
  readonly calls: number;
  /** Turns that count as evidence. */
  readonly turns: number;
  /** Flux's own defaults, on the same turns. */
  readonly defaults: ScoredThresholds;
  /** The Pareto front: better in one of waiting, cut-offs and wasted calls only by being worse in another. */
  readonly front: readonly ScoredThresholds[];
  /** The best of each `eotThreshold`, the lowest first. */
  readonly byEot: readonly ScoredThresholds[];
  readonly recommendation: Recommendation | null;
  /** Why there is no recommendation. */
  readonly notEnough?: string;
}

const fewestTurns = 30;
const mostUnknown = 0.05;
const fields = ['endMs', 'eagerMs', 'waitMs', 'cutOffs', 'wasted', 'unknown', 'costMs'] as const;

/** From `to` down to `from` in steps of 0.025, given in thousandths. */
const steps = (from: number, to: number) => Array.from({ length: (to - from) / 25 + 1 }, (_, k) => (to - 25 * k) / 1000);
const eotThresholds = steps(500, 950);
/** Among equal costs the first wins: no drafts, later drafts, later ends. */
const candidates = eotThresholds.flatMap((eotThreshold) =>
  [undefined, ...steps(300, 900).filter((eager) => eager <= eotThreshold)].map((eagerEotThreshold) => ({
    eotThreshold,
    eagerEotThreshold,
  })),
);
/** The sweep uses Flux's own timeout, or the longest that the recordings reach; shorter ones are tried with the best thresholds. */
const timeoutsMs = [5000, 4000, 3000, 2000, 1500, 1000];

/**
 * Tries thresholds on recorded calls and recommends those with the lowest cost: the wait from the end of speech to the first
 * sound, with a price in ms for being cut off and for a wasted model call.
 *
 * Flux sends a message about every 250 ms; between two of them the confidence is taken to rise evenly. Thresholds above the
 * recorded ones cannot be judged, because nothing is known after a recorded end. There is no recommendation for fewer than 30
 * turns, and none from made-up confidence.
 */
export function tune(calls: readonly TunedCall[], config: TuneConfig = {}): Tuning {
  const { readyMs = 320, cutOffMs = 3000, wastedMs = 100, seed = 1 } = config;
  const turns = calls.filter(({ synthetic }) => synthetic !== true).flatMap(({ messages }) => turnsOf(messages));

  const score = (thresholds: TurnThresholds) => {
    const outcomes = turns.map((turn) => {
      const outcome = outcomeOf(turn, thresholds);
      const waitMs = Math.max(outcome.endMs, outcome.eagerMs + readyMs);
      return { ...outcome, waitMs, costMs: waitMs + outcome.cutOffs * cutOffMs + outcome.wasted * wastedMs };
    });
    const mean = (field: (typeof fields)[number]) =>
      outcomes.reduce((sum, one) => sum + one[field], 0) / Math.max(1, turns.length);
    const means = Object.fromEntries(fields.map((field) => [field, mean(field)])) as Record<(typeof fields)[number], number>;
    return { thresholds: { ...thresholds, ...means }, costs: outcomes.map(({ costMs }) => costMs) };
  };
  const cheapestOf = (scored: readonly ScoredThresholds[]) => cheapest(scored, ({ costMs }) => costMs);

  let known: readonly ReturnType<typeof score>[] = [];
  for (const eotTimeoutMs of turns.length < fewestTurns ? [] : timeoutsMs) {
    const scored = candidates.map((thresholds) => score({ ...thresholds, eotTimeoutMs }));
    known = scored.filter(({ thresholds }) => thresholds.unknown <= mostUnknown);
    if (known.length > 0) break;
  }
  const all = known.map(({ thresholds }) => thresholds);
  const defaults = score(withFluxDefaults({})).thresholds;
  const result = {
    calls: calls.length,
    turns: turns.length,
    defaults,
    front: paretoFront(all),
    byEot: eotThresholds.toReversed().flatMap((eot) => cheapestOf(all.filter((one) => one.eotThreshold === eot)) ?? []),
  };
  const first = cheapestOf(all);
  if (first === undefined) return { ...result, recommendation: null, notEnough: notEnough(calls, turns.length) };
  const shorter = timeoutsMs.filter((eotTimeoutMs) => eotTimeoutMs < first.eotTimeoutMs);
  const { eotThreshold, eagerEotThreshold } = first;
  const others = shorter.map((eotTimeoutMs) => score({ eotThreshold, eagerEotThreshold, eotTimeoutMs }).thresholds);
  const best = cheapestOf([first, ...others]) ?? first;
  const within = bootstrap(known, turns.length, seed);
  return { ...result, recommendation: { ...best, within, reasons: reasonsFor(best, all, defaults) } };
}

function notEnough(calls: readonly TunedCall[], turns: number): string {
  if (turns >= fewestTurns) return 'not enough evidence: the recorded turns ended before any of the thresholds that were tried';
  const synthetic = calls.filter((call) => call.synthetic === true).length;
  const why =
    synthetic > 0 ? `, and the confidence of ${synthetic} of ${calls.length} calls is made up, so they do not count` : '';
  return `not enough evidence: ${turns} turns, and ${fewestTurns} are needed${why}`;
}
