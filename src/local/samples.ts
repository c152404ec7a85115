import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { SluiceError } from '../errors.ts';
import { alaw, mulaw } from './g711.ts';

/** What the engines want. */
export const engineRateHz = 16_000;

/** Turns bytes as they come, cut anywhere, into samples of 16 kHz between -1 and 1. */
export interface Sampler {
  readonly take: (bytes: Uint8Array) => Float32Array;
  readonly close: () => void;
}

type Resampler = Awaited<ReturnType<typeof libsamplerate.create>>;

interface Format {
  readonly size: number;
  readonly sample: (view: DataView, at: number) => number;
}

const formats: Readonly<Record<string, Format>> = {
  linear16: { size: 2, sample: (view, at) => view.getInt16(at, true) / 2 ** 15 },
  linear32: { size: 4, sample: (view, at) => view.getInt32(at, true) / 2 ** 31 },
  mulaw: { size: 1, sample: (view, at) => (mulaw.decoded[view.getUint8(at)] ?? 0) / 2 ** 15 },
  alaw: { size: 1, sample: (view, at) => (alaw.decoded[view.getUint8(at)] ?? 0) / 2 ** 15 },
};

/**
 * A sampler for an encoding of Flux: `linear16`, `linear32`, `mulaw`, `alaw`, at any rate. Throws `unsupported` for `opus` and
 * `ogg-opus`. The same bytes give the same samples, however they are cut: the resampler is fed blocks of 20 ms.
 */
export async function sampler(encoding: string, rateHz: number): Promise<Sampler> {
  const format = formats[encoding];
  if (!format) throw new SluiceError('unsupported', `The local recogniser does not decode ${encoding}: send linear16, linear32, mulaw or alaw.`);
  if (rateHz === engineRateHz) {
    const take = wholeBlocks(format.size, (bytes) => decoded(bytes, format));
    return { take, close: () => undefined };
  }
  const resampler = await libsamplerate.create(1, rateHz, engineRateHz);
  const take = wholeBlocks(format.size * (rateHz / 50), (bytes) => resampled(bytes, format, rateHz / 50, resampler));
  return { take, close: () => resampler.destroy() };
}

/** Keeps the bytes of an unfinished block until the rest has come. */
function wholeBlocks(size: number, next: (bytes: Uint8Array) => Float32Array): (bytes: Uint8Array) => Float32Array {
  let rest = new Uint8Array(0);
  return (bytes) => {
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    const whole = all.length - (all.length % size);
    rest = all.slice(whole);
    return next(all.subarray(0, whole));
  };
}

function decoded(bytes: Uint8Array, { size, sample }: Format): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / size }, (_, index) => sample(view, index * size));
}

function resampled(bytes: Uint8Array, format: Format, block: number, resampler: Resampler): Float32Array {
  const samples = decoded(bytes, format);
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += block) parts.push(resampler.full(samples.subarray(at, at + block)).slice());
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
