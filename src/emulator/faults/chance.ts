import type { Delay } from './fault.ts';

/** Chance from 0 to 1 that is the same every time: mulberry32, begun from these numbers. */
export function chance(...seeds: readonly number[]): () => number {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x9e3779b1) ^ (mixed >>> 15), 0x811c9dc5) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The longest wait of a timer of Node; one that is longer does not wait at all. */
export const longestMs = 2 ** 31 - 1;

/** A whole number of milliseconds, never below 0, and never more than a timer waits. */
export function drawn({ ms, jitterMs = 0, distribution = 'uniform' }: Delay, random: () => number): number {
  return Math.min(longestMs, Math.max(0, Math.round(ms + jitterMs * deviations[distribution](random))));
}

const deviations: Readonly<Record<NonNullable<Delay['distribution']>, (random: () => number) => number>> = {
  uniform: (random) => 2 * random() - 1,
  normal: (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  exponential: (random) => -Math.log(1 - random()),
};
