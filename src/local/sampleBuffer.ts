const samplesPerMs = 16;

/** The samples of a turn so far, at 16 kHz: new ones are added at the end, old ones can be cut. */
export class SampleBuffer {
  #samples = new Float32Array(16_000 * samplesPerMs);
  #length = 0;

  /** Length in ms. */
  get ms(): number {
    return this.#length / samplesPerMs;
  }

  push(frame: Float32Array): void {
    if (this.#length + frame.length > this.#samples.length) {
      const longer = new Float32Array(this.#samples.length * 2);
      longer.set(this.#samples);
      this.#samples = longer;
    }
    this.#samples.set(frame, this.#length);
    this.#length += frame.length;
  }

  /** Drops all but the last `ms` and returns the remaining length in ms. */
  keepLast(ms: number): number {
    const keep = Math.min(this.#length, ms * samplesPerMs);
    this.#samples.copyWithin(0, this.#length - keep, this.#length);
    this.#length = keep;
    return this.ms;
  }

  /** Removes `count` samples just before the last `lastMs`. */
  cut(lastMs: number, count: number): void {
    const from = this.#length - lastMs * samplesPerMs;
    if (from < count) return;
    this.#samples.copyWithin(from - count, from, this.#length);
    this.#length -= count;
  }

  /** A copy of all samples, followed by `padMs` of silence. */
  read(padMs: number): Float32Array {
    const copy = new Float32Array(this.#length + padMs * samplesPerMs);
    copy.set(this.#samples.subarray(0, this.#length));
    return copy;
  }
}
