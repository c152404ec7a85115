import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { follow } from './follow.ts';
import { Queue } from './queue.ts';

/**
 * Works each value off whole before the next: a value that another one brings about waits its turn, first in, first out.
 *
 *     source    -a----b-|      x, y: brought about by a listener while it is told of a
 *     result    -(axy)b-|      every listener hears a, then x, then y
 *
 * Without it a listener that answers an event from inside (with a control, say) has its consequence told to the others before
 * its cause. Completion and errors wait for the queue; unsubscribing drops it. Nothing is delayed: all of it is the same tick.
 */
export function inTurn<T>(): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const queue = new Queue<T>();
      let busy = false;
      let end: (() => void) | undefined;

      const work = (value: T) => {
        busy = true;
        subscriber.next(value);
        while (queue.length > 0 && !subscriber.closed) subscriber.next(queue.take() as T);
        busy = false;
        end?.();
      };
      const finish = (last: () => void) => {
        end = last;
        if (!busy) last();
      };

      follow(source, subscriber, {
        next: (value) => {
          if (busy) queue.push(value);
          else work(value);
        },
        error: (error) => finish(() => subscriber.error(error)),
        complete: () => finish(() => subscriber.complete()),
      });
    });
}
