/**
 * Bytes of `linear16` as samples, without a copy where memory allows (samples must lie at even addresses). Half a sample at the
 * end is left out.
 */
export function toSamples(data: Uint8Array): Int16Array {
  const whole = data.length - (data.length % 2);
  if (data.byteOffset % 2 === 0) return new Int16Array(data.buffer, data.byteOffset, whole / 2);
  return new Int16Array(data.slice(0, whole).buffer);
}

/** Samples as bytes of `linear16`: a view, not a copy. */
export function toBytes(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
