import { from, Observable, take, type MonoTypeOperatorFunction, type ObservableInput } from 'rxjs';
import { follow } from './follow.ts';

export interface HoldUntilConfig {
  /** How many values, from the first on, go through unheld. Defaults to 0. */
  readonly except?: number;
}

/**
 * Keeps values back until the notifier emits, then lets them all go, in order, and everything after them.
 *
 *     source       -a-b-----c-d-|
 *     notifier     -----x
 *     result       -----(ab)c-d-|      a and b have waited
 *
 *     source       -a-b-c-|
 *     notifier     ----------x
 *     result       -a--------(bc|)     { except: 1 }
 *
 * Completion waits for the notifier, an error does not. A notifier that completes without a value says that the gate will
 * never open: the result completes at once, the source is unsubscribed, what was held is dropped. An error of the notifier is
 * an error of the result. A value that a released one brings about goes out after those that were held.
 */
export function holdUntil<T>(
  notifier: ObservableInput<unknown>,
  { except = 0 }: HoldUntilConfig = {},
): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      let held: T[] | undefined = [];
      let free = except;
      let complete = false;

      const release = () => {
        // The array may grow while it is walked: those values are last in the line.
        for (const value of held ?? []) subscriber.next(value);
        held = undefined;
        if (complete) subscriber.complete();
      };

      follow(from(notifier).pipe(take(1)), subscriber, {
        next: release,
        complete: () => held && subscriber.complete(),
      });
      follow(source, subscriber, {
        next: (value) => {
          if (held && free <= 0) {
            held.push(value);
          } else {
            free--;
            subscriber.next(value);
          }
        },
        complete: () => {
          complete = true;
          if (!held) subscriber.complete();
        },
      });
    });
}
