import { Observable, type OperatorFunction } from 'rxjs';
import { follow } from './follow.ts';

/**
 * Emits what each value becomes, if it becomes anything: `map` and `filter` in one.
 *
 *     source    -a--b--c--|
 *     result    -A-----C--|    b becomes nothing
 *
 * What `project` throws errors the result.
 */
export function maybe<T, R>(project: (value: T) => R | undefined): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      follow(source, subscriber, {
        next: (value) => {
          const result = project(value);
          if (result !== undefined) subscriber.next(result);
        },
      });
    });
}
