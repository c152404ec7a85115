import type { SRC } from '@alexanderolsen/libsamplerate-js/dist/src.js';

/** Changes the sample rate of a stream of 16-bit samples, piece by piece. */
export interface Resampler {
  /** Returns the samples that are ready: a few milliseconds less than the input, because the filter looks ahead. */
  readonly take: (samples: Int16Array) => Int16Array;
  /** Returns the rest, so that the result is as long as the input. A new stream may follow. */
  readonly flush: () => Int16Array;
  /** Frees its memory. */
  readonly close: () => void;
}

const zeros = new Int16Array(1024);

/**
 * A band-limited resampler (libsamplerate) that keeps its state between pieces, so that no seams are audible. It adds no delay:
 * sample n of the result is at n / `toHz`. At equal rates samples pass unchanged.
 */
export async function resampler(fromHz: number, toHz: number): Promise<Resampler> {
  if (fromHz === toHz) return unchanged;
  const samplerate = await import('@alexanderolsen/libsamplerate-js');
  // A CommonJS module: Node puts it under `default`, tsx spreads it.
  const { create } = (samplerate as Partial<typeof samplerate>).default ?? samplerate;
  return new LibSampleRate(await create(1, fromHz, toHz), fromHz, toHz);
}

const unchanged: Resampler = { take: (samples) => samples, flush: () => new Int16Array(0), close: () => undefined };

class LibSampleRate implements Resampler {
  readonly #src: SRC;
  readonly #fromHz: number;
  readonly #ratio: number;
  #taken = 0;
  #given = 0;

  constructor(src: SRC, fromHz: number, toHz: number) {
    this.#src = src;
    this.#fromHz = fromHz;
    this.#ratio = toHz / fromHz;
  }

  readonly take = (samples: Int16Array): Int16Array => {
    this.#taken += samples.length;
    const ready = this.#convert(samples);
    this.#given += ready.length;
    return ready;
  };

  readonly flush = (): Int16Array => {
    const rest = new Int16Array(Math.max(0, Math.round(this.#taken * this.#ratio) - this.#given));
    for (let at = 0; at < rest.length;) {
      const ready = this.#convert(zeros).subarray(0, rest.length - at);
      rest.set(ready, at);
      at += ready.length;
    }
    this.#taken = this.#given = 0;
    this.#src.inputSampleRate = this.#fromHz; // the library's only way to reset the filter
    return rest;
  };

  readonly close = (): void => this.#src.destroy();

  /** At most a second at a time: the library's memory is fixed. */
  #convert(samples: Int16Array): Int16Array {
    const ready = new Int16Array(Math.ceil(samples.length * this.#ratio) + 1024);
    let filled = 0;
    for (let at = 0; at < samples.length; at += this.#fromHz) {
      const floats = this.#src.full(Float32Array.from(samples.subarray(at, at + this.#fromHz), (sample) => sample / 0x8000));
      for (const float of floats) ready[filled++] = Math.max(-0x8000, Math.min(0x7fff, Math.round(float * 0x8000)));
    }
    return ready.subarray(0, filled);
  }
}
