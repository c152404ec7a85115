import { asyncScheduler, concatMap, defer, identity, map, of, timer, type MonoTypeOperatorFunction } from 'rxjs';
import { hitsOf, type Hits } from './faults.ts';
import { longestTimerMs, randomDelay } from './randomDelay.ts';

/**
 * Delays each value by `delayOf(value)` ms. Values keep their order.
 *
 *     source    -a-b-----c|
 *     result    -----(ab)c|      delays 4, 0, 0
 */
export function delayed<T>(delayOf: (value: T) => number): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      map((value) => ({ value, due: asyncScheduler.now() + delayOf(value) })),
      concatMap(({ value, due }) => {
        const wait = due - asyncScheduler.now();
        return wait > 0 ? timer(wait).pipe(map(() => value)) : of(value);
      }),
    );
}

/** Delays the start of an answer of a voice or a model, for faults of the kind `slow`. */
export function slowed<T>(hits: Hits): MonoTypeOperatorFunction<T> {
  const slow = hitsOf(hits, 'slow');
  if (slow.length === 0) return identity;
  return (answer) =>
    defer(() => {
      const delays = slow.map(({ fault, strikes, random }) => (strikes() ? randomDelay(fault, random) : 0));
      const ms = delays.reduce((sum, delay) => Math.min(longestTimerMs, sum + delay), 0);
      return ms === 0 ? answer : timer(ms).pipe(concatMap(() => answer));
    });
}
