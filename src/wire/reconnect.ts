import { defer, of, retry, tap, throwError, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { SluiceError } from '../errors.ts';

export interface ReconnectConfig<T> {
  /** What proves that a connection is of use: after such a value attempts count anew. That it was made proves nothing. */
  readonly proof: (value: T) => boolean;
  /** Whether trying again would be of no use. Defaults to all errors that do not say `retryable`. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Hears of each error after which it is tried again. */
  readonly lost?: (error: unknown) => void;
  /** How often it is tried again before the error is passed on. Defaults to 6. */
  readonly attempts?: number;
  /** The most that is waited before the second attempt; each further one may take twice as long. Defaults to 250. */
  readonly baseMs?: number;
  /** The most that is ever waited. Defaults to 5000. */
  readonly capMs?: number;
  /** Chance, from 0 to 1. Defaults to `Math.random`. */
  readonly random?: () => number;
}

/**
 * Subscribes again when its source errors: at once, then after a wait of anything up to 250 ms, 500 ms, 1 s … 5 s ("full jitter",
 * so that a thousand calls that lost their server do not come back together).
 *
 *     source     -a-b-#     -#     -#        -a---
 *     result     -a-b-------------------------a---      at once, then after chance has waited
 *
 * Errors with the last error after 6 attempts in a row without `proof`, or at once with one that is final. Unsubscribing ends a
 * wait too. (aws.amazon.com/builders-library: timeouts, retries and backoff with jitter.)
 */
export function reconnect<T>({
  proof,
  isFinal = isNotRetryable,
  lost = () => undefined,
  attempts = 6,
  baseMs = 250,
  capMs = 5000,
  random = Math.random,
}: ReconnectConfig<T>): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      let failed = 0;
      const again = (error: unknown): Observable<unknown> => {
        if (isFinal(error) || failed === attempts) return throwError(() => error);
        failed++;
        lost(error);
        return failed === 1 ? of(undefined) : timer(Math.round(random() * Math.min(capMs, baseMs * 2 ** (failed - 2))));
      };
      return source.pipe(
        tap((value) => proof(value) && (failed = 0)),
        retry({ delay: again }),
      );
    });
}

const isNotRetryable = (error: unknown): boolean => !(error instanceof SluiceError && error.retryable);
