import { defer, type MonoTypeOperatorFunction } from 'rxjs';
import { bytesPerSample } from './duration.ts';
import type { AudioChunk } from '../events.ts';
import { severally } from '../core/severally.ts';

export interface RechunkConfig {
  /** Whether a last chunk shorter than `duration` is emitted. Defaults to `'emit'`. */
  readonly remainder?: 'emit' | 'drop';
}

/**
 * Cuts audio into chunks of one duration, never inside a sample. The source's chunks may have any size.
 *
 *     audio     -A---B-----C|        A, B: 120 ms, C: 40 ms
 *     result    -a---(bc)---(d|)     rechunk(80): a, b, c 80 ms, d the remaining 40 ms
 *
 * Flux works best with 80 ms (docs/wire/flux.md §2). The duration is rounded to whole samples. Chunks of the source may end
 * inside a sample; part of a sample at the very end is dropped. Compressed audio (`opus`, `ogg-opus`) passes unchanged. A change
 * of format errors the result.
 *
 * A result that lies within one source chunk is a view of it, not a copy: the source must not reuse the memory.
 */
export function rechunk(duration: number, { remainder = 'emit' }: RechunkConfig = {}): MonoTypeOperatorFunction<AudioChunk> {
  return (audio) =>
    defer(() => {
      const cutter = new Cutter(duration);
      const rest = remainder === 'emit' ? () => cutter.rest() : () => [];
      return audio.pipe(severally((chunk) => cutter.take(chunk), rest));
    });
}

class Cutter {
  readonly #duration: number;
  #format: AudioChunk | undefined;
  /** The bytes of a result; 0 for compressed audio. */
  #size = 0;
  /** A result that several source chunks fill. */
  #partial: Uint8Array | undefined;
  #filled = 0;

  constructor(duration: number) {
    this.#duration = duration;
  }

  take(chunk: AudioChunk): readonly AudioChunk[] {
    this.#check(chunk);
    const { data } = chunk;
    if (this.#size === 0 || (this.#filled === 0 && data.length === this.#size)) return [chunk];
    const cut: AudioChunk[] = [];
    let at = 0;
    while (at < data.length) {
      const missing = this.#size - this.#filled;
      const piece = data.subarray(at, at + missing);
      at += piece.length;
      if (this.#filled === 0 && piece.length === this.#size) cut.push({ ...chunk, data: piece });
      else if (this.#fill(piece)) cut.push({ ...chunk, data: this.#whole() });
    }
    return cut;
  }

  rest(): readonly AudioChunk[] {
    if (!this.#format || !this.#partial) return [];
    const { encoding } = this.#format;
    const data = this.#partial.subarray(0, this.#filled - (this.#filled % bytesPerSample(encoding)));
    return data.length > 0 ? [{ ...this.#format, data }] : [];
  }

  /** Returns whether the result is full now. */
  #fill(piece: Uint8Array): boolean {
    this.#partial ??= new Uint8Array(this.#size);
    this.#partial.set(piece, this.#filled);
    this.#filled += piece.length;
    return this.#filled === this.#size;
  }

  #whole(): Uint8Array {
    const whole = this.#partial ?? new Uint8Array();
    this.#partial = undefined;
    this.#filled = 0;
    return whole;
  }

  #check(chunk: AudioChunk): void {
    if (!this.#format) {
      const samples = Math.max(1, Math.round((chunk.sampleRateHz * this.#duration) / 1000));
      this.#size = samples * bytesPerSample(chunk.encoding);
      this.#format = chunk;
    } else if (chunk.encoding !== this.#format.encoding || chunk.sampleRateHz !== this.#format.sampleRateHz) {
      throw new Error(`The audio changed from ${name(this.#format)} to ${name(chunk)}; a stream must keep one format.`);
    }
  }
}

const name = ({ encoding, sampleRateHz }: AudioChunk) => `${encoding} ${sampleRateHz} Hz`;
