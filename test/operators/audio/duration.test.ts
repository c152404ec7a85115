import { describe, expect, it } from 'vitest';
import { bytesPerSample, durationMs } from '../../../operators/audio/duration.ts';
import type { AudioChunk, Encoding } from '../../../operators/events.ts';

const chunk = (length: number, encoding: Encoding, sampleRateHz: number): AudioChunk => ({
  data: new Uint8Array(length),
  encoding,
  sampleRateHz,
  channels: 1,
});

describe('durationMs', () => {
  it('divides the bytes by the bytes of a millisecond', () => {
    // docs/wire/flux.md §2: 80 ms of linear16
    expect(durationMs(chunk(2560, 'linear16', 16000))).toBe(80);
    expect(durationMs(chunk(7056, 'linear16', 44100))).toBe(80);
    expect(durationMs(chunk(5120, 'linear32', 16000))).toBe(80);
    expect(durationMs(chunk(640, 'mulaw', 8000))).toBe(80);
    expect(durationMs(chunk(640, 'alaw', 8000))).toBe(80);
  });

  it('counts part of a sample', () => {
    expect(durationMs(chunk(3, 'linear16', 1000))).toBe(1.5);
  });

  it('returns 0 for compressed audio', () => {
    expect(durationMs(chunk(100, 'opus', 48000))).toBe(0);
    expect(bytesPerSample('ogg-opus')).toBe(0);
  });
});
