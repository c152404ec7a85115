import {
  concatMap,
  connect,
  defer,
  delay,
  endWith,
  filter,
  ignoreElements,
  merge,
  NEVER,
  of,
  startWith,
  takeUntil,
  takeWhile,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import type { Place } from './fault.ts';

/** A fault that strikes at a place, and what counts as a message of a name; of any, where none is asked for. */
export interface Placed<T> {
  readonly fault: Place;
  readonly strikes: () => boolean;
  readonly isNamed: (value: T, name: string | undefined) => boolean;
}

/**
 * At its place something more is said, before anything that follows.
 *
 *     source    -a-b-c-----d
 *     result    -a-b-c--x--d        afterMessages: 3, afterMs: 3
 */
export function striking<T>(placed: Placed<T>, strike: () => Observable<T>): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      marked(placed),
      concatMap((one): Observable<T> => (one === here ? strike() : of(one))),
    );
}

/** At its place silence begins, for good; the source is left. */
export function silencing<T>(placed: Placed<T>, strike: () => void = () => undefined): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      marked(placed),
      takeWhile((one) => one !== here, true),
      concatMap((one): Observable<T> => {
        if (one !== here) return of(one);
        strike();
        return NEVER;
      }),
    );
}

/** At its place silence begins for so long; what would be said meanwhile is said after it. `strike` gives what hears of an early leave. */
export function pausing<T>(
  placed: Placed<T>,
  forMs: number,
  strike: () => () => void = () => () => undefined,
): MonoTypeOperatorFunction<T> {
  return striking(placed, () => timer(forMs).pipe(tap({ unsubscribe: strike() }), ignoreElements()));
}

/** The place of a fault in a stream. */
const here: unique symbol = Symbol('here');
type Here = typeof here;

/** Marks the place of a fault, if it strikes there. */
function marked<T>({ fault, strikes, isNamed }: Placed<T>): OperatorFunction<T, T | Here> {
  const { after, afterMessages = after === undefined ? 0 : 1, afterMs = 0 } = fault;
  return (source) =>
    defer(() => {
      let left = afterMessages;
      const messages = source.pipe(
        concatMap((one): (T | Here)[] => (left > 0 && isNamed(one, after) && --left === 0 ? [one, here] : [one])),
      );
      const places = left > 0 ? messages : messages.pipe(startWith<T | Here>(here));
      const inTime = afterMs === 0 ? places : places.pipe(connect(later(afterMs)));
      return inTime.pipe(filter((one) => one !== here || strikes()));
    });
}

/** The place comes later; what ends before that has none. */
function later<T>(ms: number): (values: Observable<T | Here>) => Observable<T | Here> {
  return (values) => {
    const over = values.pipe(ignoreElements(), endWith(true));
    return merge(
      values.pipe(filter((one) => one !== here)),
      values.pipe(
        filter((one) => one === here),
        delay(ms),
        takeUntil(over),
      ),
    );
  };
}
