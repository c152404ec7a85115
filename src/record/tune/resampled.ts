import { chance } from '../../emulator/faults/chance.ts';
import type { TurnThresholds } from './turnMachine.ts';

/** From the one to the other. */
export type Interval = readonly [number, number];

interface Tried {
  readonly judged: TurnThresholds;
  /** What each turn cost with them. */
  readonly costs: Float64Array;
}

const samples = 200;

/**
 * How far the best thresholds move when the turns had been others: turns are drawn again from those that there are, and the
 * best is found anew, 200 times (bootstrap). The interval holds the middle 90 % of what was found.
 */
export function intervalOf(
  tried: readonly Tried[],
  turns: number,
  seed: number,
): { readonly eotThreshold: Interval; readonly eagerEotThreshold: Interval | null } {
  const random = chance(seed);
  const found = Array.from({ length: samples }, () => {
    const drawn = new Float64Array(turns);
    for (let n = 0; n < turns; n++) {
      const turn = Math.floor(random() * turns);
      drawn[turn] = (drawn[turn] ?? 0) + 1;
    }
    return bestOf(tried, drawn);
  }).filter((best) => best !== undefined);
  const eager = found.flatMap(({ eagerEotThreshold }) => eagerEotThreshold ?? []);
  return {
    eotThreshold: middle(found.map(({ eotThreshold }) => eotThreshold)),
    eagerEotThreshold: eager.length > samples / 2 ? middle(eager) : null,
  };
}

function bestOf(tried: readonly Tried[], drawn: Float64Array): TurnThresholds | undefined {
  let best: Tried | undefined;
  let least = Infinity;
  for (const one of tried) {
    let cost = 0;
    for (let n = 0; n < drawn.length; n++) cost += (one.costs[n] ?? 0) * (drawn[n] ?? 0);
    if (cost < least - 1e-6) [best, least] = [one, cost];
  }
  return best?.judged;
}

function middle(values: readonly number[]): Interval {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.05), at(0.95)];
}
