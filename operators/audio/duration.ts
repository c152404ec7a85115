import type { AudioChunk, Encoding } from '../events.ts';

const sampleBytes: Readonly<Record<Encoding, number>> = { linear16: 2, linear32: 4, mulaw: 1, alaw: 1, opus: 0, 'ogg-opus': 0 };

/** How many bytes a sample takes; 0 where samples cannot be told apart without decoding (`opus`, `ogg-opus`). */
export function bytesPerSample(encoding: Encoding): number {
  return sampleBytes[encoding];
}

/**
 * How long a chunk sounds, in milliseconds: its bytes over the bytes of a millisecond. 2560 bytes of `linear16` at 16 kHz are
 * 80 ms (docs/flux/quickstart). A chunk that ends inside a sample counts the part it has; compressed audio, whose length only
 * a decoder knows, counts 0.
 */
export function durationMs({ data, encoding, sampleRateHz }: AudioChunk): number {
  const bytes = bytesPerSample(encoding);
  return bytes === 0 ? 0 : (data.length / bytes / sampleRateHz) * 1000;
}
