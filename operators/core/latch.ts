import { Observable, take, type MonoTypeOperatorFunction, type Subscriber, type Subscription } from 'rxjs';

/**
 * Shares the first value of its source with all who wait for it and all who come later, and completes with it. A source that
 * completes without a value leaves them waiting.
 *
 *     source    ----a--b-
 *     result    ----(a|)
 *                 --(a|)
 *                       (a|)
 *
 * It is subscribed to once, while somebody waits. An error goes to all of them.
 */
export function latch<T>(): MonoTypeOperatorFunction<T> {
  return (source) => {
    let waiting: readonly Subscriber<T>[] = [];
    let watch: Subscription | undefined;
    let came: { readonly value: T } | undefined;

    const release = (how: (subscriber: Subscriber<T>) => void) => {
      const all = waiting;
      waiting = [];
      all.forEach(how);
    };
    const enter = (subscriber: Subscriber<T>) => {
      waiting = [...waiting, subscriber];
      if (waiting.length > 1) return;
      watch = source.pipe(take(1)).subscribe({
        next: (value) => {
          came = { value };
          for (const one of waiting) one.next(value);
        },
        error: (error: unknown) => release((one) => one.error(error)),
        complete: () => came && release((one) => one.complete()),
      });
    };
    const leave = (subscriber: Subscriber<T>) => {
      waiting = waiting.filter((one) => one !== subscriber);
      if (waiting.length === 0) watch?.unsubscribe();
    };

    return new Observable((subscriber) => {
      if (came) {
        subscriber.next(came.value);
        subscriber.complete();
        return undefined;
      }
      enter(subscriber);
      return () => leave(subscriber);
    });
  };
}
