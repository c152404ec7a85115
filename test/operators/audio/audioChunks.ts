import type { AudioChunk, Speech } from '../../../operators/events.ts';

/** Audio of 1000 bytes a second: a byte is a sample is a millisecond. */
export function milliseconds(...data: number[]): AudioChunk {
  return { data: Uint8Array.from(data), encoding: 'mulaw', sampleRateHz: 1000, channels: 1 };
}

/** Audio of this length. */
export const lasting = (ms: number): AudioChunk => milliseconds(...new Array<number>(ms).fill(0));

/** Speech of this length for a segment of a reply. */
export const speech = (text: string, ms: number, last = false): Speech => ({
  type: 'Speech',
  audio: lasting(ms),
  text,
  ...(last && { last }),
});
