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
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import type { Place } from './fault.ts';

/** A fault with a place. `isNamed` tests whether a value is a message with this name; without a name: whether it is a message. */
export interface Placed<T> {
  readonly fault: Place;
  readonly strikes: () => boolean;
  readonly isNamed: (value: T, name: string | undefined) => boolean;
}

/**
 * Emits the values of `strike()` at the place of the fault, before the values that follow.
 *
 *     source    -a-b-c-----d
 *     result    -a-b-c--x--d        afterMessages: 3, afterMs: 3
 */
export function insertAt<T>(placed: Placed<T>, strike: () => ObservableInput<T>): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      withPlace(placed),
      concatMap((one): ObservableInput<T> => (one === here ? strike() : of(one))),
    );
}

/** Emits nothing after the place of the fault, and unsubscribes from the source. */
export function silenceFrom<T>(placed: Placed<T>, strike: () => void = () => undefined): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      withPlace(placed),
      takeWhile((one) => one !== here, true),
      concatMap((one): Observable<T> => {
        if (one !== here) return of(one);
        strike();
        return NEVER;
      }),
    );
}

/** Pauses at the place of the fault for `forMs`, then emits the values of the pause. Calls the result of `strike()` if it is unsubscribed meanwhile. */
export function pauseAt<T>(
  placed: Placed<T>,
  forMs: number,
  strike: () => () => void = () => () => undefined,
): MonoTypeOperatorFunction<T> {
  return insertAt(placed, () => timer(forMs).pipe(tap({ unsubscribe: strike() }), ignoreElements()));
}

/** Marks the place of a fault in a stream. */
const here: unique symbol = Symbol('here');
type Here = typeof here;

/** Emits `here` at the place of the fault, if it strikes. */
function withPlace<T>({ fault, strikes, isNamed }: Placed<T>): OperatorFunction<T, T | Here> {
  const { after, afterMessages = after === undefined ? 0 : 1, afterMs = 0 } = fault;
  return (source) =>
    defer(() => {
      let left = afterMessages;
      const messages = source.pipe(
        concatMap((one): (T | Here)[] => (left > 0 && isNamed(one, after) && --left === 0 ? [one, here] : [one])),
      );
      const places = left > 0 ? messages : messages.pipe(startWith<T | Here>(here));
      const inTime = afterMs === 0 ? places : places.pipe(connect(placeLater(afterMs)));
      return inTime.pipe(filter((one) => one !== here || strikes()));
    });
}

/** Delays `here`; a stream that ends before has none. */
function placeLater<T>(ms: number): (values: Observable<T | Here>) => Observable<T | Here> {
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
