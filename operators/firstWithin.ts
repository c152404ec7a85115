import { defer, map, Subject, switchMap, takeUntil, tap, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

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
    defer(() => {
      const came = new Subject<void>();
      const tooLate = since.pipe(
        switchMap(() => timer(due)),
        map(() => {
          throw late();
        }),
        takeUntil(came),
      );
      return source.pipe(tap({ next: () => came.next(), complete: () => came.next() }), takeUntil(tooLate));
    });
}
