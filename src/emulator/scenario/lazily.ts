import { asyncScheduler, Observable } from 'rxjs';

/**
 * Emits each row at its `at`, counted from `start` (a time of the RxJS clock; default: the subscription). Emits overdue rows at
 * once, but asynchronously.
 *
 *     rows      { at: 2 } { at: 5 } { at: 5 }
 *     result    --a--(bc|)
 *
 * It keeps one timer, however many rows there are, and reads a row only after it has emitted the row before. Completes with the
 * last row; errors if `rows` throws; unsubscribing clears the timer.
 */
export function lazily<T extends { readonly at: number }>(rows: Iterable<T>, start?: number): Observable<T> {
  return new Observable((subscriber) => {
    const began = start ?? asyncScheduler.now();
    const iterator = rows[Symbol.iterator]();
    let row = iterator.next();
    const wait = (): number => (row.done ? 0 : Math.max(0, row.value.at - (asyncScheduler.now() - began)));
    return asyncScheduler.schedule(function () {
      try {
        while (!row.done && wait() === 0 && !subscriber.closed) {
          subscriber.next(row.value);
          row = iterator.next();
        }
      } catch (error) {
        subscriber.error(error);
        return;
      }
      if (row.done) subscriber.complete();
      else this.schedule(undefined, wait());
    }, wait());
  });
}
