import { asyncScheduler, Observable, timer, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import { durationMs } from './duration.ts';
import type { AudioChunk } from '../events.ts';
import { Queue } from '../core/queue.ts';
import { whileOpen } from '../core/whileOpen.ts';

export interface PacedConfig {
  /** The factor by which it is faster than real time. Defaults to 1. */
  readonly speed?: number;
}

/**
 * Emits audio in real time: each chunk when its recording would have ended.
 *
 *     audio     (ABC|)                    80 ms each
 *     result    80ms A 79ms B 79ms (C|)
 *
 * A chunk is due after the duration of all audio up to its end, counted from the subscription and divided by `speed`. A late
 * chunk is emitted at once and delays no later one, so a live source passes unchanged. Compressed audio has no known duration
 * and waits only for the chunks before it.
 *
 * It completes with its last chunk. An error passes at once and drops the waiting chunks, as with `delay`. The source may emit
 * an hour of audio at once: only one timer runs at a time.
 */
export function paced({ speed = 1 }: PacedConfig = {}): MonoTypeOperatorFunction<AudioChunk> {
  return (audio) =>
    new Observable((subscriber) => {
      const start = asyncScheduler.now();
      const waiting = new Queue<{ readonly chunk: AudioChunk; readonly due: number }>();
      let recordedMs = 0;
      let clock: Subscription | undefined;
      let idle = true;
      let complete = false;

      const advance = () => {
        idle = false;
        for (let first = waiting.take(); first; first = waiting.take()) {
          const { chunk, due } = first;
          const wait = Math.ceil(due - asyncScheduler.now()); // timers know whole milliseconds only
          if (wait > 0) {
            clock = timer(wait).subscribe(() => {
              subscriber.next(chunk);
              if (!subscriber.closed) advance();
            });
            return;
          }
          subscriber.next(chunk);
        }
        idle = true;
        if (complete) subscriber.complete();
      };

      subscriber.add(() => clock?.unsubscribe());
      return audio.pipe(whileOpen(subscriber)).subscribe({
        next: (chunk) => {
          recordedMs += durationMs(chunk);
          waiting.push({ chunk, due: start + recordedMs / speed });
          if (idle) advance();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          complete = true;
          if (idle) subscriber.complete();
        },
      });
    });
}
