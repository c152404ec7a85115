import { asyncScheduler } from 'rxjs';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { WireError } from '../errors.ts';

const silentMs = 10_000;

/** The most that a compressed chunk counts for: after a pause it does not contain the whole pause. */
const pauseMs = 500;

/** Detects that Flux no longer answers: it sends a message for every 0.25 s of audio (docs/wire/flux.md §4.2). */
export class Watchdog {
  /** The audio sent since the last message. */
  #unansweredMs = 0;
  #receivedAt = asyncScheduler.now();
  #sentAt = asyncScheduler.now();

  /** Call with each message of Flux. */
  received(): void {
    this.#unansweredMs = 0;
    this.#receivedAt = asyncScheduler.now();
  }

  /**
   * Call with each chunk that is sent. Throws `silent` if Flux has sent nothing for 10 s of audio and 10 s of time (a backlog is
   * sent faster than real time). Compressed audio has no known length: it counts for the time since the chunk before.
   */
  sent(chunk: AudioChunk): void {
    const now = asyncScheduler.now();
    this.#unansweredMs += durationMs(chunk) || Math.min(now - this.#sentAt, pauseMs);
    this.#sentAt = now;
    if (this.#unansweredMs < silentMs || now - this.#receivedAt < silentMs) return;
    throw new WireError('silent', 'Flux sent nothing for 10 s of audio: the connection counts as lost.', { retryable: true });
  }
}
