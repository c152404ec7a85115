import { bytesPerSample, durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { Queue } from '../../operators/core/queue.ts';

/** Audio in the order of playing. It frees what was played. */
export class PlaybackBuffer {
  /** The length of all audio so far, played or not. */
  durationMs = 0;
  readonly #keepsAudio: boolean;
  readonly #queue = new Queue<AudioChunk>();
  #chunk: AudioChunk | undefined;
  /** The position of the current chunk in ms, and the index of its next byte. */
  #chunkFrom = 0;
  #offset = 0;

  /** @param keepsAudio needed for `playTo`; otherwise it only measures */
  constructor(keepsAudio: boolean) {
    this.#keepsAudio = keepsAudio;
  }

  add(audio: AudioChunk): void {
    this.durationMs += durationMs(audio);
    if (this.#keepsAudio) this.#queue.push(audio);
  }

  /** Passes on all audio before `to` (in ms) that was not played yet, with its position: whole samples, as views. */
  playTo(to: number, onPlayed: (audio: AudioChunk, from: number) => void): void {
    for (this.#chunk ??= this.#queue.take(); this.#chunk; this.#chunk = this.#queue.take()) {
      const chunk = this.#chunk;
      const end = this.#chunkFrom + durationMs(chunk);
      const byte = to >= end ? chunk.data.length : byteAt(chunk, to - this.#chunkFrom);
      if (byte > this.#offset) {
        const from = this.#chunkFrom + durationMs({ ...chunk, data: chunk.data.subarray(0, this.#offset) });
        onPlayed({ ...chunk, data: chunk.data.subarray(this.#offset, byte) }, from);
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
