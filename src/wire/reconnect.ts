import { defer, of, retry, tap, throwError, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { SluiceError } from '../errors.ts';

export interface ReconnectConfig<T> {
  /** Whether the value shows that the connection works: then attempts count from 0. An open connection alone is no proof. */
  readonly proof: (value: T) => boolean;
  /** Whether a retry is useless. Defaults to all errors that are not `retryable`. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Called with each error before a retry. */
  readonly lost?: (error: unknown) => void;
  /** The number of retries in a row before the error passes. Defaults to 6. */
  readonly attempts?: number;
  /** The longest wait before the second retry. It doubles with each further one. Defaults to 250. */
  readonly baseMs?: number;
  /** The longest wait of all. Defaults to 5000. */
  readonly capMs?: number;
  /** A random number from 0 to 1. Defaults to `Math.random`. */
  readonly random?: () => number;
}

/**
 * Resubscribes when its source errors: at once, then with exponential backoff and full jitter (random waits of up to 250 ms,
 * 500 ms, 1 s … 5 s), so that a thousand calls that lost their server do not return at the same moment.
 *
 *     source     -a-b-#     -#     -#        -a---
 *     result     -a-b-------------------------a---      the first retry is immediate, the next ones wait
 *
 * Errors with the last error after 6 retries in a row without `proof`, or at once with a final error. Unsubscribing also ends a
 * wait. (aws.amazon.com/builders-library: timeouts, retries and backoff with jitter.)
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
