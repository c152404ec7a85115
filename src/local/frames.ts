/** Cuts sound into frames of at most `size` bytes, as Aura sends it. */
export function frames(sound: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(sound.length / size);
  return Array.from({ length: count }, (_, index) => sound.subarray(index * size, (index + 1) * size));
}
