import type { Delay } from './fault.ts';

/** The longest wait of a timer of Node. A longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** A delay in whole milliseconds, from 0 to the longest that a timer can wait. */
export function randomDelay({ ms, jitterMs = 0, distribution = 'uniform' }: Delay, random: () => number): number {
  return Math.min(longestTimerMs, Math.max(0, Math.round(ms + jitterMs * deviations[distribution](random))));
}

const deviations: Readonly<Record<NonNullable<Delay['distribution']>, (random: () => number) => number>> = {
  uniform: (random) => 2 * random() - 1,
  normal: (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  exponential: (random) => -Math.log(1 - random()),
};
