import { describe, expect, it } from 'vitest';
import type { VoiceSettings } from '../../../src/emulator/index.ts';
import { tone } from '../../../src/emulator/scenario/index.ts';

const voice: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };
const samplesOf = (bytes: Uint8Array) => new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);

describe('tone', () => {
  it.each([
    [8000, 640],
    [16_000, 1280],
    [24_000, 1920],
    [32_000, 2560],
    [48_000, 3840],
  ])('is 40 ms of linear16 at %i Hz', (sample_rate, bytes) => {
    expect(tone('hi', { ...voice, sample_rate })).toHaveLength(bytes);
  });

  it.each(['mulaw', 'alaw'] as const)('is 40 ms of %s, a byte a sample', (encoding) => {
    expect(tone('hi', { ...voice, encoding, sample_rate: 8000 })).toHaveLength(320);
  });

  it('is the same for the same text, and differs for others', () => {
    expect(tone('One pasta.', voice)).toStrictEqual(tone('One pasta.', voice));
    expect(tone('One pasta.', voice)).not.toStrictEqual(tone('One pizza.', voice));
  });

  it('is quiet, but not silent', () => {
    const loudest = samplesOf(tone('hi', voice)).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
    expect(loudest).toBeGreaterThan(250);
    expect(loudest).toBeLessThanOrEqual(500);
  });

  it('repeats without a click', () => {
    const samples = samplesOf(tone('hi', voice));
    const steps = Array.from(samples, (sample, n) => Math.abs(sample - samples.at(n - 1)!));
    expect(steps[0]).toBeLessThanOrEqual(Math.max(...steps.slice(1)));
  });
});
