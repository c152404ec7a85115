import { bytesPerSample, durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { Queue } from '../../operators/core/queue.ts';

/** Hears a stretch of the tape once it has been played. `from`: where on the tape it begins, in ms. */
export type Listener = (audio: AudioChunk, from: number) => void;

/** Audio as it came, and how much of it has been played. What was played is let go. */
export class Tape {
  /** All that came so far, played or not. */
  durationMs = 0;
  readonly #keeps: boolean;
  readonly #coming = new Queue<AudioChunk>();
  #chunk: AudioChunk | undefined;
  /** Where on the tape the chunk begins, and which of its bytes is next. */
  #chunkFrom = 0;
  #offset = 0;

  /** `keeps`: for `playTo`. Else it only measures. */
  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  add(audio: AudioChunk): void {
    this.durationMs += durationMs(audio);
    if (this.#keeps) this.#coming.push(audio);
  }

  /** Tells of what stands before `to` (ms on the tape) and was not played yet: whole samples, views, no copies. */
  playTo(to: number, tell: Listener): void {
    for (this.#chunk ??= this.#coming.take(); this.#chunk; this.#chunk = this.#coming.take()) {
      const chunk = this.#chunk;
      const end = this.#chunkFrom + durationMs(chunk);
      const byte = to >= end ? chunk.data.length : byteAt(chunk, to - this.#chunkFrom);
      if (byte > this.#offset) {
        const from = this.#chunkFrom + durationMs({ ...chunk, data: chunk.data.subarray(0, this.#offset) });
        tell({ ...chunk, data: chunk.data.subarray(this.#offset, byte) }, from);
      }
      this.#offset = byte;
      if (to < end) return;
      this.#chunkFrom = end;
      this.#offset = 0;
    }
  }
}

const byteAt = ({ encoding, sampleRateHz }: AudioChunk, ms: number) =>
  Math.max(0, Math.floor((ms * sampleRateHz) / 1000)) * bytesPerSample(encoding);
