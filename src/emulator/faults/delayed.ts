import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  identity,
  ignoreElements,
  map,
  of,
  timer,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { drawn, longestMs } from './chance.ts';
import { hitsOf, type Hits } from './faults.ts';

/**
 * Each value comes later by what `delayOf` it says, and never before the one in front of it.
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

/** An answer that begins later: the kind `slow` of a voice or a model. */
export function slowed<T>(hits: Hits): MonoTypeOperatorFunction<T> {
  const slow = hitsOf(hits, 'slow');
  if (slow.length === 0) return identity;
  return (answer) =>
    defer(() => {
      const delays = slow.map(({ fault, strikes, random }) => (strikes() ? drawn(fault, random) : 0));
      const ms = Math.min(
        longestMs,
        delays.reduce((sum, delay) => sum + delay, 0),
      );
      return ms === 0 ? answer : concat(timer(ms).pipe(ignoreElements()), answer);
    });
}
