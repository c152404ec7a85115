import { asyncScheduler, catchError, concat, defer, of, switchMap, tap, throwError, timer, type Observable } from 'rxjs';
import type { Thought } from '../../operators/events.ts';
import { ModelError, toFailure } from '../errors.ts';

export interface AskTwiceConfig {
  /** How long the first token may take, both attempts and the wait between them together. */
  readonly firstTokenMs: number;
  /** What an error means. */
  readonly toError: (reason: unknown) => ModelError;
  /** How long the service wants to be left alone after an error. */
  readonly waitMs: (reason: unknown) => number;
}

/**
 * Asks once more when an attempt fails before it has brought anything, if that may help, and if the time for the first token
 * is not over by then. `ask` is told how much of that time is left.
 *
 *     first      ---#
 *     second            ^---t-t-|
 *     result     ---f-------t-t-|        f: a recovered `Failure`; `waitMs` was 4
 *
 * Who leaves while it waits, leaves at once. The second attempt's error is the result's.
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
