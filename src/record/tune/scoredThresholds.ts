import type { TurnThresholds } from '../../flux/turnMachine.ts';
import type { Outcome } from './outcome.ts';

/** Thresholds and their average outcome. */
export interface ScoredThresholds extends TurnThresholds, Outcome {
  /** From the end of speech to the first sound. */
  readonly waitMs: number;
  /** All of it in ms of waiting. */
  readonly costMs: number;
}

/** The first of those that cost least. */
export function cheapest<T>(candidates: readonly T[], costOf: (one: T) => number): T | undefined {
  let best: T | undefined;
  let least = Infinity;
  for (const one of candidates) {
    const cost = costOf(one);
    if (cost < least - 1e-6) [best, least] = [one, cost];
  }
  return best;
}

/** The Pareto front: those that no other beats in waiting, cut-offs and wasted calls at once. The quickest first. */
export function paretoFront(candidates: readonly ScoredThresholds[]): readonly ScoredThresholds[] {
  const front: ScoredThresholds[] = [];
  for (const one of candidates.toSorted((a, b) => a.waitMs - b.waitMs || a.cutOffs - b.cutOffs || a.wasted - b.wasted))
    if (!front.some(({ cutOffs, wasted }) => cutOffs <= one.cutOffs && wasted <= one.wasted)) front.push(one);
  return front;
}
