import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { follow } from './follow.ts';

/**
 * Emits all that each value becomes: nothing, one value or several, at once and in order.
 *
 *     source    -a--b--c--|
 *     result    -a-----(CC)    b becomes nothing, c two
 *
 * `concatMap` does the same with arrays, but begins and ends an inner observable for each, which costs more than all the rest
 * where many values pass as they are. A value that the result of another brings about becomes what it becomes at once. What
 * `project` throws errors the result, also where it is a generator, which goes on when each value has been told of.
 *
 * @param rest what there is still to emit when the source completes
 */
export function severally<T, R>(project: (value: T) => Iterable<R>, rest: () => Iterable<R> = () => []): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      const tell = (results: Iterable<R>) => {
        if (Array.isArray(results)) tellArray(results, subscriber);
        else tellAll(results, subscriber);
      };
      const next = (value: T) => tell(project(value));
      const complete = () => {
        tell(rest());
        subscriber.complete();
      };
      follow(source, subscriber, { next, complete });
    });
}

function tellAll<R>(results: Iterable<R>, subscriber: Subscriber<R>): void {
  for (const result of results) {
    subscriber.next(result);
    if (subscriber.closed) break;
  }
}

/** The same without an iterator, which would be the greater part of the work. */
function tellArray<R>(results: readonly R[], subscriber: Subscriber<R>): void {
  for (let k = 0; k < results.length && !subscriber.closed; k++) subscriber.next(results[k] as R);
}
