import {
  catchError,
  defaultIfEmpty,
  defer,
  EMPTY,
  ignoreElements,
  isObservable,
  merge,
  of,
  Subject,
  switchMap,
  take,
  throwError,
  type Observable,
} from 'rxjs';
import type { Speak } from '../../operators/events.ts';
import { SluiceError } from '../errors.ts';
import type { Stages } from './options.ts';

/**
 * The voices of a call. When they are lost, who speaks next errors with the reason, so that this answer is written and not heard; and
 * that is when they are sought again, unless another try would be of no use.
 *
 *     speak      v---#                  once, and again
 *                          v----
 *     result     v---x-----v----        x: errors whoever speaks with it, here two later
 *
 * `lost` hears of each loss. Voices that complete without one are mute.
 */
export function voicesOf(speak: Stages['speak'], lost: (error: unknown) => void): Observable<Speak> {
  const sought: Observable<Speak> = defer(() => (isObservable(speak) ? speak : of(speak))).pipe(
    catchError((error: unknown) => {
      lost(error);
      const wanted = new Subject<void>();
      const gone: Speak = () => () =>
        defer(() => {
          wanted.next();
          return throwError(() => error);
        });
      const mayReturn = error instanceof SluiceError && error.retryable;
      return merge(
        mayReturn
          ? wanted.pipe(
              take(1),
              switchMap(() => sought),
            )
          : EMPTY,
        of(gone),
      );
    }),
    defaultIfEmpty(mute),
  );
  return sought;
}

const mute: Speak = () => ignoreElements();
