import { concat, defer, map, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { whileOpen } from './whileOpen.ts';

/**
 * Emits every item of the list that each value is projected to, in order and in the same tick.
 *
 *     source    -a--b--c-----|
 *     result    -a-----(CC)--|    b is projected to [], c to two items
 *
 * `concatMap` does the same with arrays but subscribes to an inner observable for each; where most values pass unchanged that
 * costs five times as much. A value that arrives while items are being emitted is projected and emitted at once. Errors thrown
 * by `project`, or by the generator it returns, error the result. A generator continues after each item was delivered.
 *
 * @param rest the items to emit when the source completes. Defaults to none.
 */
export function severally<T, R>(project: (value: T) => Iterable<R>, rest?: () => Iterable<R>): OperatorFunction<T, R> {
  return (source) => {
    const items = flat(source.pipe(map((value) => project(value))));
    return rest ? concat(items, flat(defer(() => [rest()]))) : items;
  };
}

/** `concatAll` for iterables. */
function flat<R>(lists: Observable<Iterable<R>>): Observable<R> {
  return new Observable((subscriber) =>
    lists.pipe(whileOpen(subscriber)).subscribe({
      next: (list) => emitAll(list, subscriber),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}

function emitAll<R>(list: Iterable<R>, subscriber: Subscriber<R>): void {
  // Arrays are walked without an iterator, which would be most of the work.
  if (Array.isArray(list)) {
    for (let index = 0; index < list.length && !subscriber.closed; index++) subscriber.next(list[index] as R);
    return;
  }
  try {
    for (const item of list) {
      subscriber.next(item);
      if (subscriber.closed) return;
    }
  } catch (error) {
    subscriber.error(error);
  }
}
