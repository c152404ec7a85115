import { asyncScheduler } from 'rxjs';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { WireError } from '../errors.ts';

const silentMs = 10_000;

/** What a compressed chunk counts for at most: after a longer pause it does not stand for all of it. */
const pauseMs = 500;

/** Notices that Flux is silent: it says something for every 0.25 s of audio (docs/flux/state), or it is not there any more. */
export class Watchdog {
  /** Audio sent since Flux last said something, and when that was. */
  #unheardMs = 0;
  #heardAt = asyncScheduler.now();
  #sentAt = asyncScheduler.now();

  heard(): void {
    this.#unheardMs = 0;
    this.#heardAt = asyncScheduler.now();
  }

  /**
   * Throws `silent` when it has said nothing for 10 s of audio; a backlog goes out faster than time, so for 10 s of time too.
   * Compressed audio has no length that is known here: it counts for the time since the chunk before.
   */
  sent(chunk: AudioChunk): void {
    const now = asyncScheduler.now();
    this.#unheardMs += durationMs(chunk) || Math.min(now - this.#sentAt, pauseMs);
    this.#sentAt = now;
    if (this.#unheardMs < silentMs || now - this.#heardAt < silentMs) return;
    throw new WireError('silent', 'Flux has said nothing for 10 s of audio; the connection counts as lost.', { retryable: true });
  }
}
