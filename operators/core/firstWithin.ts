import { concat, map, NEVER, race, switchMap, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Errors if the first value does not arrive within `due` ms after `since` emits. A voice, for example, is late only once it has
 * text and may speak it.
 *
 *     source    ---------------a-
 *     since     ---x
 *     result    --------#            firstWithin(5, since, () => error)
 *
 * Each value of `since` restarts the wait. `late` makes the error.
 */
export function firstWithin<T>(due: number, since: Observable<unknown>, late: () => unknown): MonoTypeOperatorFunction<T> {
  const overdue = concat(since.pipe(switchMap(() => timer(due))), NEVER).pipe(
    map((): T => {
      throw late();
    }),
  );
  return (source) => race(source, overdue);
}
