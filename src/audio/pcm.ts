/** The samples in bytes of `linear16`, without half a sample at the end. Copies only if the bytes start at an odd address. */
export function toSamples(data: Uint8Array): Int16Array {
  const whole = data.length - (data.length % 2);
  if (data.byteOffset % 2 === 0) return new Int16Array(data.buffer, data.byteOffset, whole / 2);
  return new Int16Array(data.slice(0, whole).buffer);
}

/** The bytes of samples as `linear16`, as a view. */
export const toBytes = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
