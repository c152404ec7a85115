import { asyncScheduler, catchError, concat, defer, of, switchMap, tap, throwError, timer, type Observable } from 'rxjs';
import type { Thought } from '../../operators/events.ts';
import { ModelError, toFailure } from '../errors.ts';

export interface AskTwiceConfig {
  /** The timeout of the first token, over both attempts and the wait between them. */
  readonly firstTokenMs: number;
  /** Converts any error of an attempt. */
  readonly toError: (reason: unknown) => ModelError;
  /** How long the service asks to wait after an error. */
  readonly waitMs: (reason: unknown) => number;
}

/**
 * Sends a request a second time if it failed before its first value, is `retryable`, and the time for the first token is not over
 * after the wait.
 *
 *     first      ---#
 *     second            ^---t-t-|
 *     result     ---f-------t-t-|        f: a recovered `Failure`; `waitMs` was 4
 *
 * Unsubscribing also ends the wait. An error of the second attempt errors the result.
 *
 * @param ask makes a request; `withinMs` is what is left of `firstTokenMs`
 */
export function askTwice(
  ask: (withinMs: number) => Observable<Thought>,
  { firstTokenMs, toError, waitMs }: AskTwiceConfig,
): Observable<Thought> {
  return defer(() => {
    const until = asyncScheduler.now() + firstTokenMs;
    let answered = false;
    return ask(firstTokenMs).pipe(
      tap(() => (answered = true)),
      catchError((reason: unknown) => {
        const error = toError(reason);
        const afterMs = waitMs(reason);
        const leftMs = until - afterMs - asyncScheduler.now();
        const tooLate = leftMs <= 0 || error.code === 'first-token';
        if (answered || tooLate || !error.retryable) return throwError(() => error);
        const wait = afterMs > 0 ? timer(afterMs) : of(0);
        return concat(of<Thought>(toFailure('think', error, true)), wait.pipe(switchMap(() => ask(leftMs)))).pipe(
          catchError((second: unknown) => throwError(() => toError(second))),
        );
      }),
    );
  });
}
