import { bytesPerSample, durationMs } from '../../operators/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { Queue } from '../../operators/queue.ts';

/** A stretch of sound on a tape. */
export interface Stretch {
  readonly audio: AudioChunk;
  /** Where on the tape it begins, in ms. */
  readonly from: number;
}

/** Audio as it came, and how much of it has been played. What was played is let go. */
export class Tape {
  /** All that came so far, played or not. */
  durationMs = 0;
  private readonly coming = new Queue<AudioChunk>();
  private chunk: AudioChunk | undefined;
  /** Where on the tape the chunk begins, and which of its bytes is next. */
  private chunkFrom = 0;
  private offset = 0;

  add(audio: AudioChunk): void {
    this.durationMs += durationMs(audio);
    this.coming.push(audio);
  }

  /** What stands before `to` (ms on the tape) and was not played yet: whole samples, views, no copies. */
  *playTo(to: number): Generator<Stretch> {
    for (this.chunk ??= this.coming.take(); this.chunk; this.chunk = this.coming.take()) {
      const chunk = this.chunk;
      const end = this.chunkFrom + durationMs(chunk);
      const byte = to >= end ? chunk.data.length : byteAt(chunk, to - this.chunkFrom);
      if (byte > this.offset) {
        const from = this.chunkFrom + durationMs({ ...chunk, data: chunk.data.subarray(0, this.offset) });
        yield { audio: { ...chunk, data: chunk.data.subarray(this.offset, byte) }, from };
      }
      this.offset = byte;
      if (to < end) return;
      this.chunkFrom = end;
      this.offset = 0;
    }
  }
}

const byteAt = ({ encoding, sampleRateHz }: AudioChunk, ms: number) =>
  Math.max(0, Math.floor((ms * sampleRateHz) / 1000)) * bytesPerSample(encoding);
