import { bestByEot, cheapest, frontOf, reasonsFor } from './front.ts';
import { outcomeOf, turnsOf, type Outcome } from './outcome.ts';
import { intervalOf, type Interval } from './resampled.ts';
import { withFluxDefaults } from './thresholds.ts';
import type { TurnThresholds } from './turnMachine.ts';

/** What Flux said in one call. */
export interface TunedCall {
  readonly messages: Iterable<unknown>;
  /** Its confidence is made up: by a scenario, or by the emulator's local backend. Nothing can be learned from it. */
  readonly synthetic?: boolean;
}

/** What a caller's patience is worth. */
export interface TuneConfig {
  /** From a model call to the first sound of its answer. Default 320. */
  readonly readyMs?: number;
  /** How much longer a caller would rather wait than be cut off once. Default 3000. */
  readonly cutOffMs?: number;
  /** How much sooner the answer must come to be worth a model call in vain. Default 100. */
  readonly wastedMs?: number;
  /** Decides the chance in the interval. Default 1. */
  readonly seed?: number;
}

/** Thresholds, and what they would have come to. */
export interface Judged extends TurnThresholds {
  /** From the end of speech, on average over the turns: to the end of the turn, to the draft that is used, to the first sound. */
  readonly endMs: number;
  readonly eagerMs: number;
  readonly waitMs: number;
  /** Ends after which the caller went on within a second, and model calls in vain, per turn. */
  readonly cutOffs: number;
  readonly wasted: number;
  /** The share of turns of which the recording does not know it: it had ended them before. */
  readonly unknown: number;
  /** All of it in ms of waiting, per turn. */
  readonly costMs: number;
}

export interface Recommendation extends Judged {
  /** In 9 of 10 samples of these turns the best was within. */
  readonly within: { readonly eotThreshold: Interval; readonly eagerEotThreshold: Interval | null };
  readonly reasons: readonly string[];
}

export interface Tuning {
  readonly calls: number;
  /** Turns that were judged. */
  readonly turns: number;
  /** Flux's own defaults, on the same turns. */
  readonly defaults: Judged;
  /** What was tried and may be had: better in one of waiting, cut-offs, calls in vain, only by being worse in another. */
  readonly front: readonly Judged[];
  /** The best of each `eotThreshold`, the lowest first. */
  readonly byEot: readonly Judged[];
  readonly recommendation: Recommendation | null;
  /** Why there is no recommendation. */
  readonly notEnough?: string;
}

const fewestTurns = 30;
/** More turns than this may not be unknown. */
const mostUnknown = 0.05;

const steps = (from: number, to: number, step: number) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, k) => Math.round((from + k * step) * 1000) / 1000);

/** What is tried. Of two that cost the same it is the one that comes first: without drafts, later drafts, later ends. */
const tried: readonly Omit<TurnThresholds, 'eotTimeoutMs'>[] = steps(0.5, 0.95, 0.025)
  .toReversed()
  .flatMap((eotThreshold) => {
    const eager = steps(0.3, 0.9, 0.025).filter((threshold) => threshold <= eotThreshold);
    return [undefined, ...eager.toReversed()].map((eagerEotThreshold) => ({ eotThreshold, eagerEotThreshold }));
  });
/** With Flux's own timeout, or the longest of which the recording knows; the others then with the best. */
const timeoutsMs = [5000, 4000, 3000, 2000, 1500, 1000];

/**
 * Tries thresholds on recorded calls, and recommends some: those at which a turn costs least, in milliseconds of waiting from the end of
 * speech to the first sound, where being cut off and a model call in vain have their price in milliseconds too.
 *
 * Flux says something about every 250 ms; between two messages the confidence is taken to have risen evenly. Thresholds above the
 * recorded ones cannot be judged: what would have come after a recorded end is not known. There is no recommendation on fewer than 30 turns, nor
 * on confidence that is made up.
 */
export function tune(calls: readonly TunedCall[], config: TuneConfig = {}): Tuning {
  const { readyMs = 320, cutOffMs = 3000, wastedMs = 100, seed = 1 } = config;
  const turns = calls.filter(({ synthetic }) => synthetic !== true).flatMap(({ messages }) => turnsOf(messages));
  const waitOf = ({ endMs, eagerMs }: Outcome) => Math.max(endMs, eagerMs + readyMs);
  const costOf = (one: Outcome) => waitOf(one) + one.cutOffs * cutOffMs + one.wasted * wastedMs;

  const judge = (thresholds: TurnThresholds) => {
    const outcomes = turns.map((turn) => outcomeOf(turn, thresholds));
    const mean = (of: (outcome: Outcome) => number) =>
      outcomes.reduce((sum, one) => sum + of(one), 0) / Math.max(1, turns.length);
    const judged: Judged = {
      ...thresholds,
      endMs: mean(({ endMs }) => endMs),
      eagerMs: mean(({ eagerMs }) => eagerMs),
      waitMs: mean(waitOf),
      cutOffs: mean((one) => one.cutOffs),
      wasted: mean((one) => one.wasted),
      unknown: mean((one) => Number(one.unknown)),
      costMs: mean(costOf),
    };
    return { judged, costs: Float64Array.from(outcomes, costOf) };
  };

  const defaults = judge(withFluxDefaults({})).judged;
  const made = calls.filter(({ synthetic }) => synthetic === true).length;
  const base = { calls: calls.length, turns: turns.length, defaults };
  if (turns.length < fewestTurns) {
    const why = made > 0 ? `, and the confidence of ${made} of ${calls.length} calls is made up, which tells nothing` : '';
    const notEnough = `not enough evidence: ${turns.length} turns, and ${fewestTurns} are needed${why}`;
    return { ...base, front: [], byEot: [], recommendation: null, notEnough };
  }

  let known: readonly ReturnType<typeof judge>[] = [];
  for (const eotTimeoutMs of timeoutsMs)
    if (known.length === 0)
      known = tried
        .map((thresholds) => judge({ ...thresholds, eotTimeoutMs }))
        .filter(({ judged }) => judged.unknown <= mostUnknown);
  const all = known.map(({ judged }) => judged);
  const front = frontOf(all);
  const byEot = bestByEot(all);
  const first = cheapest(all);
  if (first === undefined) {
    const notEnough = 'not enough evidence: the recorded turns ended before any of the thresholds that were tried';
    return { ...base, front, byEot, recommendation: null, notEnough };
  }
  const { eotThreshold, eagerEotThreshold, eotTimeoutMs: longest } = first;
  const shorter = timeoutsMs
    .filter((eotTimeoutMs) => eotTimeoutMs < longest)
    .map((eotTimeoutMs) => judge({ eotThreshold, eagerEotThreshold, eotTimeoutMs }).judged);
  const best = cheapest([first, ...shorter]) ?? first;
  const reasons = reasonsFor(best, all, defaults);
  return { ...base, front, byEot, recommendation: { ...best, within: intervalOf(known, turns.length, seed), reasons } };
}
