import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { Queue } from './queue.ts';
import { whileOpen } from './whileOpen.ts';

/**
 * Serialises re-entrant values: one is handled before the next. A value that a subscriber causes while it handles another waits
 * in a queue.
 *
 *     source    -a----b-|      a subscriber causes x and y while it handles a
 *     result    -(axy)b-|      every subscriber receives a, then x, then y
 *
 * Without it, a subscriber that answers an event with a control passes the effect on to the others before its cause. All of it
 * happens in the same tick. Completion and errors wait for the queue; unsubscribing drops it.
 */
export function inTurn<T>(): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const queue = new Queue<T>();
      let busy = false;
      let end: (() => void) | undefined;

      const handle = (value: T) => {
        busy = true;
        subscriber.next(value);
        while (queue.length > 0 && !subscriber.closed) subscriber.next(queue.take() as T);
        busy = false;
        end?.();
      };
      const finish = (notify: () => void) => {
        end = notify;
        if (!busy) notify();
      };

      return source.pipe(whileOpen(subscriber)).subscribe({
        next: (value) => (busy ? queue.push(value) : handle(value)),
        error: (error: unknown) => finish(() => subscriber.error(error)),
        complete: () => finish(() => subscriber.complete()),
      });
    });
}
