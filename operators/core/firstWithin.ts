import { Observable, switchMap, timer, type MonoTypeOperatorFunction } from 'rxjs';
import { follow } from './follow.ts';

/**
 * Errors when the first value does not come in time, counted from `since`, not from subscription: a voice is only late once it
 * was given something to say and leave to say it.
 *
 *     source    ---------------a-
 *     since     ---x
 *     result    --------#            firstWithin(5, since, () => error)
 */
export function firstWithin<T>(due: number, since: Observable<unknown>, late: () => unknown): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const waiting = follow(since.pipe(switchMap(() => timer(due))), subscriber, {
        next: () => subscriber.error(late()),
        complete: () => undefined,
      });
      follow(source, subscriber, {
        next: (value) => {
          waiting.unsubscribe();
          subscriber.next(value);
        },
      });
    });
}
