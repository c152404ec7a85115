import { asyncScheduler, Observable, timer, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import { durationMs } from './duration.ts';
import type { AudioChunk } from '../events.ts';
import { follow } from '../core/follow.ts';
import { Queue } from '../core/queue.ts';

export interface PacedConfig {
  /** How much faster than real time. Defaults to 1. */
  readonly speed?: number;
}

/**
 * Lets audio through by the clock: each chunk at the moment at which its recording would have ended.
 *
 *     audio     (ABC|)                    80 ms each
 *     result    80ms A 79ms B 79ms (C|)
 *
 * That moment is the subscription plus the duration of everything up to and including the chunk, over `speed`. Each is aimed
 * at by itself, so a late timer delays no later chunk, and what is late goes through at once: a live source passes as it is.
 * Compressed audio, whose duration is not known, waits for nothing but what is before it.
 *
 * It completes with its last chunk. An error passes at once and drops what waits, as with `delay`. The source may emit an
 * hour of audio at once: one timer is alive at a time.
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
      follow(audio, subscriber, {
        next: (chunk) => {
          recordedMs += durationMs(chunk);
          waiting.push({ chunk, due: start + recordedMs / speed });
          if (idle) advance();
        },
        complete: () => {
          complete = true;
          if (idle) subscriber.complete();
        },
      });
    });
}
