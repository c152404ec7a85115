import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampler } from '../../src/audio/resample.ts';

const tone = (hz: number, rate: number, length: number) =>
  Int16Array.from({ length }, (_, at) => Math.round(16_000 * Math.sin((2 * Math.PI * hz * at) / rate)));

async function resampled(samples: Int16Array, from: number, to: number, cuts: readonly number[]): Promise<Int16Array> {
  const converter = await resampler(from, to);
  const parts: Int16Array[] = [];
  let at = 0;
  for (const cut of [...cuts, samples.length]) {
    parts.push(converter.take(samples.subarray(at, at + cut)));
    at += cut;
  }
  parts.push(converter.flush());
  converter.close();
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

const furthest = (a: Int16Array, b: Int16Array) =>
  a.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (b[at] ?? 0))), 0);

describe('resampler', () => {
  it.each([
    [8000, 16_000],
    [24_000, 16_000],
    [48_000, 16_000],
    [44_100, 16_000],
    [16_000, 24_000],
    [16_000, 44_100],
    [8000, 48_000],
  ])('keeps pitch, loudness, length and time, %i to %i Hz', async (from, to) => {
    const result = await resampled(tone(440, from, from), from, to, [80, 1000, 33]);
    expect(result).toHaveLength(to);
    const edge = to / 100;
    expect(furthest(result.subarray(edge, -edge), tone(440, to, to).subarray(edge, -edge))).toBeLessThan(40);
  });

  it('gives the same result for any pieces', async () => {
    const samples = tone(1000, 24_000, 5000);
    const whole = await resampled(samples, 24_000, 16_000, []);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 1500 }), { maxLength: 8 }), async (cuts) => {
        expect(await resampled(samples, 24_000, 16_000, cuts)).toStrictEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('removes frequencies above the lower rate', async () => {
    const result = await resampled(tone(7000, 24_000, 24_000), 24_000, 8000, []);
    expect(furthest(result.subarray(400, -400), new Int16Array(8000))).toBeLessThan(200);
  });

  it('clips, and does not wrap', async () => {
    const square = Int16Array.from({ length: 4800 }, (_, at) => (at % 48 < 24 ? 32767 : -32768));
    const result = await resampled(square, 24_000, 16_000, []);
    const jumps = result.filter((sample, at) => Math.abs(sample - (result[at + 1] ?? sample)) > 60_000);
    expect(result.some((sample) => sample === 32767)).toBe(true);
    expect(jumps.length).toBeLessThan(400); // 200 edges; a wrapped overshoot adds two jumps to each
  });

  it('starts again after a flush', async () => {
    const converter = await resampler(24_000, 16_000);
    const first = [...converter.take(tone(440, 24_000, 2400)), ...converter.flush()];
    const second = [...converter.take(tone(440, 24_000, 2400)), ...converter.flush()];
    expect(second).toStrictEqual(first);
  });

  it('accepts more than a second at once', async () => {
    expect(await resampled(tone(440, 8000, 80_000), 8000, 48_000, [])).toHaveLength(480_000);
  });

  it('does not change audio at equal rates', async () => {
    const samples = tone(440, 16_000, 100);
    expect(await resampled(samples, 16_000, 16_000, [30])).toStrictEqual(samples);
  });
});
