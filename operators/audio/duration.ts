import type { AudioChunk, Encoding } from '../events.ts';

const sampleBytes: Readonly<Record<Encoding, number>> = { linear16: 2, linear32: 4, mulaw: 1, alaw: 1, opus: 0, 'ogg-opus': 0 };

/** Returns the bytes of a sample; 0 for compressed audio (`opus`, `ogg-opus`). */
export function bytesPerSample(encoding: Encoding): number {
  return sampleBytes[encoding];
}

/**
 * Returns the duration of a chunk in milliseconds: 2560 bytes of `linear16` at 16 kHz are 80 ms (docs/wire/flux.md §2). A part
 * of a sample at the end counts as that part. Compressed audio counts 0, for only a decoder knows its duration.
 */
export function durationMs({ data, encoding, sampleRateHz }: AudioChunk): number {
  const bytes = bytesPerSample(encoding);
  return bytes === 0 ? 0 : (data.length / bytes / sampleRateHz) * 1000;
}
