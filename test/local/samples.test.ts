import { describe, expect, it } from 'vitest';
import { sampler } from '../../src/local/samples.ts';

async function taken(encoding: string, rateHz: number, bytes: Uint8Array, pieces: number): Promise<number[]> {
  const samples = await sampler(encoding, rateHz);
  const all: number[] = [];
  for (let at = 0; at < bytes.length; at += pieces) all.push(...samples.take(bytes.subarray(at, at + pieces)));
  samples.close();
  return all;
}

/** A second of a 440 Hz tone at half level. */
function tone(rateHz: number): Uint8Array {
  const samples = Int16Array.from({ length: rateHz }, (_, at) =>
    Math.round(16_384 * Math.sin((2 * Math.PI * 440 * at) / rateHz)),
  );
  return new Uint8Array(samples.buffer);
}

describe('sampler', () => {
  it('reads linear16, however the bytes are cut', async () => {
    const bytes = new Uint8Array(640).fill(0);
    new DataView(bytes.buffer).setInt16(2, -16_384, true);
    const samples = await taken('linear16', 16_000, bytes, 3);
    expect(samples).toHaveLength(320);
    expect(samples.slice(0, 3)).toEqual([0, -0.5, 0]);
  });

  it.each([8000, 24_000, 44_100, 48_000])('takes %d Hz to 16 kHz, the same for any cut', async (rateHz) => {
    const whole = await taken('linear16', rateHz, tone(rateHz), 1e6);
    expect(await taken('linear16', rateHz, tone(rateHz), 997)).toEqual(whole);
    expect(whole.length).toBeGreaterThan(15_500);
    expect(Math.max(...whole.slice(1000))).toBeCloseTo(0.5, 1);
  });

  it('reads linear32', async () => {
    const bytes = new Uint8Array(1280);
    new DataView(bytes.buffer).setInt32(4, 2 ** 30, true);
    expect((await taken('linear32', 16_000, bytes, 1280)).slice(0, 3)).toEqual([0, 0.5, 0]);
  });

  it('reads G.711', async () => {
    // Silence and the loudest value of each law (ITU-T G.711): 0xff and 0x80, 0xd5 and 0xaa.
    const [quiet, loud] = await taken('mulaw', 16_000, new Uint8Array(320).fill(0xff, 0, 1).fill(0x80, 1), 320);
    expect([quiet, loud]).toEqual([0, 32_124 / 32_768]);
    const [soft, hard] = await taken('alaw', 16_000, new Uint8Array(320).fill(0xd5, 0, 1).fill(0xaa, 1), 320);
    expect([soft, hard]).toEqual([8 / 32_768, 32_256 / 32_768]);
  });

  it('refuses what it cannot decode', async () => {
    await expect(sampler('opus', 48_000)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
