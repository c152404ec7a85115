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
 * The voices of a call. When the stage errors, it emits a voice that fails every reply with that error, so that the reply goes on
 * as text; the first reply to use it subscribes to the stage again if the error is retryable.
 *
 *     speak      v---#                  subscribed twice
 *                          v----
 *     result     v---x-----v----        x: the failing voice; a reply uses it before the second v
 *
 * `onLost` is called with each error. A stage that completes without a voice is silent.
 */
export function voicesOf(speak: Stages['speak'], onLost: (error: unknown) => void): Observable<Speak> {
  const voices: Observable<Speak> = defer(() => (isObservable(speak) ? speak : of(speak))).pipe(
    catchError((error: unknown) => {
      onLost(error);
      const used = new Subject<void>();
      const failing: Speak = () => () =>
        defer(() => {
          used.next();
          return throwError(() => error);
        });
      const isRetryable = error instanceof SluiceError && error.retryable;
      return merge(
        isRetryable
          ? used.pipe(
              take(1),
              switchMap(() => voices),
            )
          : EMPTY,
        of(failing),
      );
    }),
    defaultIfEmpty(silent),
  );
  return voices;
}

const silent: Speak = () => ignoreElements();
