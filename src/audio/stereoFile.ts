import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import wavefile from 'wavefile';
import { toBytes } from './pcm.ts';

const headerBytes = 44;
const frameBytes = 4;
/** A WAV counts its bytes in 32 bits. */
const mostFrames = Math.floor((0xffff_ffff - (headerBytes - 8)) / frameBytes);

/**
 * A stereo WAV of 16-bit samples on disk. Samples can be written at any position in any order; gaps are silence.
 *
 * The file is a valid WAV at any moment, even if the process crashes: samples are written before the sizes in the header. The
 * header can describe 4 GiB (18 hours at 16 kHz); later samples are in the file all the same.
 */
export class StereoFile {
  readonly #file: number;
  readonly #header: Uint8Array;
  #frames = 0;

  constructor(path: string, sampleRateHz: number) {
    const empty = new wavefile.WaveFile();
    empty.fromScratch(2, sampleRateHz, '16', []);
    this.#header = empty.toBuffer();
    this.#file = openSync(path, 'w+');
    writeSync(this.#file, this.#header);
  }

  /** Writes samples to the left (0) or right (1) channel from this frame on. The other channel stays as it is. */
  put(side: 0 | 1, frame: number, samples: Int16Array): void {
    if (samples.length === 0) return;
    const both = new Int16Array(2 * samples.length);
    const position = headerBytes + frame * frameBytes;
    readSync(this.#file, toBytes(both), 0, both.byteLength, position);
    for (let at = 0; at < samples.length; at++) both[2 * at + side] = samples[at] ?? 0;
    writeSync(this.#file, toBytes(both), 0, both.byteLength, position);
    if (frame + samples.length > this.#frames) this.#grow(frame + samples.length);
  }

  close(): void {
    closeSync(this.#file);
  }

  #grow(frames: number): void {
    this.#frames = frames;
    const bytes = Math.min(frames, mostFrames) * frameBytes;
    const sizes = new DataView(this.#header.buffer, this.#header.byteOffset);
    sizes.setUint32(4, headerBytes - 8 + bytes, true);
    sizes.setUint32(40, bytes, true);
    writeSync(this.#file, this.#header, 0, headerBytes, 0);
  }
}
