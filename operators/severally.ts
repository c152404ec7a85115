import { Observable, takeUntil, type OperatorFunction } from 'rxjs';
import { closing } from './closing.ts';

/**
 * Emits all that each value becomes: nothing, one value or several, at once and in order.
 *
 *     source    -a--b--c--|
 *     result    -a-----(CC)    b becomes nothing, c two
 *
 * `concatMap` does the same with arrays, but begins and ends an inner observable for each, which costs more than all the rest
 * where many values pass as they are. A value that the result of another brings about becomes what it becomes at once. What
 * `project` throws errors the result, also where it is a generator, which goes on when each value has been told of.
 */
export function severally<T, R>(project: (value: T) => Iterable<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      source.pipe(takeUntil(closing(subscriber))).subscribe({
        next: (value) => {
          try {
            for (const result of project(value)) {
              subscriber.next(result);
              if (subscriber.closed) break;
            }
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
