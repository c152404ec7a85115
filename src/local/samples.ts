import { resampler } from '../audio/resample.ts';
import { SluiceError } from '../errors.ts';
import { alaw, mulaw } from './g711.ts';

/** The sample rate of all engines. */
export const engineRateHz = 16_000;

/** Converts bytes, cut anywhere, to 16 kHz samples between -1 and 1. */
export interface Sampler {
  readonly take: (bytes: Uint8Array) => Float32Array;
  readonly close: () => void;
}

interface Format {
  readonly size: number;
  readonly sample: (view: DataView, at: number) => number;
}

/** The encodings of Flux that the local recogniser decodes. */
const formats: Readonly<Record<string, Format>> = {
  linear16: { size: 2, sample: (view, at) => view.getInt16(at, true) },
  linear32: { size: 4, sample: (view, at) => view.getInt32(at, true) >> 16 },
  mulaw: { size: 1, sample: (view, at) => mulaw.decoded[view.getUint8(at)] ?? 0 },
  alaw: { size: 1, sample: (view, at) => alaw.decoded[view.getUint8(at)] ?? 0 },
};

/**
 * A sampler for one of the `formats`, at any rate. Rejects with `unsupported` for another encoding. The same bytes give the same
 * samples, wherever they are cut, because the resampler gets blocks of 20 ms.
 */
export async function sampler(encoding: string, rateHz: number): Promise<Sampler> {
  const format = formats[encoding];
  const known = Object.keys(formats).join(', ');
  if (!format) throw new SluiceError('unsupported', `The local recogniser does not decode ${encoding}: send ${known}.`);
  const rate = await resampler(rateHz, engineRateHz);
  const block = format.size * Math.round(rateHz / 50);
  let rest = new Uint8Array(0);
  return {
    take: (bytes) => {
      const all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
      const whole = all.length - (all.length % block);
      const taken: number[] = [];
      for (let at = 0; at < whole; at += block) taken.push(...rate.take(decoded(all.subarray(at, at + block), format)));
      rest = all.slice(whole);
      return Float32Array.from(taken, (sample) => sample / 0x8000);
    },
    close: () => rate.close(),
  };
}

function decoded(bytes: Uint8Array, { size, sample }: Format): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length / size }, (_, index) => sample(view, index * size));
}
