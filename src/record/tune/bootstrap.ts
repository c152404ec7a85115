import { seededRandom } from '../../../operators/core/seededRandom.ts';
import type { TurnThresholds } from '../../flux/turnMachine.ts';
import { cheapest } from './scoredThresholds.ts';

/** From the first to the second. */
export type Range = readonly [number, number];

const samples = 200;

/**
 * The range of the best thresholds if the turns had been others (bootstrap): 200 times, turns are drawn from the given ones and
 * the best thresholds are found for them. A range holds the middle 90 % of the results. `costs`: the cost of each turn.
 */
export function bootstrap(
  candidates: readonly { readonly thresholds: TurnThresholds; readonly costs: readonly number[] }[],
  turns: number,
  seed: number,
): { readonly eotThreshold: Range; readonly eagerEotThreshold: Range | null } {
  const random = seededRandom(seed);
  const found = Array.from({ length: samples }, () => {
    const drawn = Array.from({ length: turns }, () => Math.floor(random() * turns));
    const costOf = ({ costs }: (typeof candidates)[number]) => drawn.reduce((sum, turn) => sum + (costs[turn] ?? 0), 0);
    return cheapest(candidates, costOf)?.thresholds;
  });
  const eager = found.flatMap((best) => best?.eagerEotThreshold ?? []);
  return {
    eotThreshold: middle(found.flatMap((best) => best?.eotThreshold ?? [])),
    eagerEotThreshold: eager.length > samples / 2 ? middle(eager) : null,
  };
}

function middle(values: readonly number[]): Range {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.05), at(0.95)];
}
