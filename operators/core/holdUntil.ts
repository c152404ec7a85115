import { from, Observable, take, type MonoTypeOperatorFunction, type ObservableInput } from 'rxjs';
import { whileOpen } from './whileOpen.ts';

export interface HoldUntilConfig {
  /** The number of values that pass at once, counted from the first. Defaults to 0. */
  readonly except?: number;
}

/**
 * Buffers values until the notifier emits, then emits them all in order and lets the rest pass.
 *
 *     source       -a-b-----c-d-|
 *     notifier     -----x
 *     result       -----(ab)c-d-|      a and b were held
 *
 *     source       -a-b-c-|
 *     notifier     ----------x
 *     result       -a--------(bc|)     { except: 1 }
 *
 * Completion waits for the notifier; an error does not. If the notifier completes without a value, the result completes at
 * once: the source is unsubscribed and the held values are dropped. An error of the notifier errors the result. A value that
 * arrives while the held ones are being emitted comes after them.
 */
export function holdUntil<T>(
  notifier: ObservableInput<unknown>,
  { except = 0 }: HoldUntilConfig = {},
): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      let held: T[] | undefined = [];
      let free = except;
      let completed = false;

      const release = () => {
        // The array may grow during the loop: values that arrive meanwhile join its end.
        for (const value of held ?? []) subscriber.next(value);
        held = undefined;
        if (completed) subscriber.complete();
      };
      const gate = from(notifier)
        .pipe(take(1))
        .subscribe({
          next: release,
          error: (error: unknown) => subscriber.error(error),
          complete: () => held && subscriber.complete(),
        });
      subscriber.add(gate);
      if (subscriber.closed) return;

      subscriber.add(
        source.pipe(whileOpen(subscriber)).subscribe({
          next: (value) => {
            if (held && free <= 0) held.push(value);
            else {
              free--;
              subscriber.next(value);
            }
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            completed = true;
            if (!held) subscriber.complete();
          },
        }),
      );
    });
}
