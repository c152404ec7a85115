import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import type { AudioChunk } from '../../operators/events.ts';
import { toBytes } from '../../src/audio/pcm.ts';
import { openCallWriter } from '../../src/audio/callWriter.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-stereo-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = () => join(folder, `${files++}.wav`);

const audio = (values: readonly number[], sampleRateHz = 8000): AudioChunk => ({
  data: toBytes(Int16Array.from(values)),
  encoding: 'linear16',
  sampleRateHz,
  channels: 1,
});
const steady = (value: number, length: number, rate = 8000) => audio(new Array<number>(length).fill(value), rate);

/** The file as another library reads it. */
function read(path: string): { left: number[]; right: number[]; rate: number; bytes: number; promised: number } {
  const bytes = readFileSync(path);
  const file = new wavefile.WaveFile(bytes);
  const [left, right] = file.getSamples(false, Int16Array) as unknown as [Int16Array, Int16Array];
  const { sampleRate } = file.fmt as { sampleRate: number };
  return { left: [...left], right: [...right], rate: sampleRate, bytes: bytes.length, promised: file.chunkSize + 8 };
}

describe('openCallWriter', () => {
  it('writes the caller left by the length of its audio and the agent right by the clock', async () => {
    const path = join(folder, 'a', 'new', 'call.wav');
    const writer = openCallWriter(path, 8000);
    writer.caller(audio([1, 2, 3]));
    writer.caller(audio([4, 5, 6, 7, 8]));
    writer.agent(0.5, audio([70, 80]));
    await writer.close();
    expect(read(path)).toStrictEqual({
      left: [1, 2, 3, 4, 5, 6, 7, 8],
      right: [0, 0, 0, 0, 70, 80, 0, 0],
      rate: 8000,
      bytes: 44 + 8 * 4,
      promised: 44 + 8 * 4,
    });
  });

  it('continues after the caller’s audio, with silence between', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 8000);
    writer.caller(audio([1, 2]));
    writer.agent(5, audio([7]));
    await writer.close();
    const { left, right } = read(path);
    expect(left).toStrictEqual([1, 2, ...new Array<number>(39).fill(0)]);
    expect(right).toStrictEqual([...new Array<number>(40).fill(0), 7]);
  });

  it('accepts the agent before the caller and the caller before the agent', async () => {
    const paths = [fresh(), fresh()] as const;
    const [one, other] = [openCallWriter(paths[0], 8000), openCallWriter(paths[1], 8000)];
    one.agent(1, audio([7, 8]));
    one.caller(steady(1, 16));
    other.caller(steady(1, 16));
    other.agent(1, audio([7, 8]));
    await Promise.all([one.close(), other.close()]);
    expect(read(paths[0])).toStrictEqual(read(paths[1]));
  });

  it('joins consecutive audio although the clock is coarser than samples', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 44_100);
    writer.agent(10.4, steady(1, 4410, 44_100));
    writer.agent(111, steady(1, 4410, 44_100));
    writer.agent(310, steady(1, 10, 44_100));
    await writer.close();
    const { right } = read(path);
    expect(right.lastIndexOf(0)).toBe(Math.round(310 * 44.1) - 1);
    expect(right.indexOf(1)).toBe(459);
    expect(right.slice(459, 459 + 8820).every((sample) => sample === 1)).toBe(true);
    expect(right[459 + 8820]).toBe(0);
  });

  it('is a valid WAV at any moment', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 8000);
    expect(read(path)).toMatchObject({ left: [], bytes: 44, promised: 44 });
    writer.caller(audio([1, 2]));
    expect(read(path)).toMatchObject({ left: [1, 2], right: [0, 0], promised: 52 });
    writer.agent(0, audio([7, 8, 9]));
    await expect.poll(() => read(path)).toMatchObject({ left: [1, 2, 0], right: [7, 8, 9], promised: 56 });
    await writer.close();
  });

  it('resamples the agent to the rate of the caller, keeping position and length', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 8000);
    const tone = Array.from({ length: 2400 }, (_, at) => Math.round(10_000 * Math.sin((2 * Math.PI * 400 * at) / 24_000)));
    writer.agent(100, audio(tone.slice(0, 1200), 24_000));
    writer.agent(150, audio(tone.slice(1200), 24_000));
    writer.agent(1000, audio(tone, 24_000));
    await writer.close();
    const { right } = read(path);
    const expected = Array.from({ length: 800 }, (_, at) => Math.round(10_000 * Math.sin((2 * Math.PI * 400 * at) / 8000)));
    const wrong = (from: number) =>
      Math.max(...expected.slice(80, -80).map((sample, at) => Math.abs(sample - right[from + 80 + at]!)));
    expect(right).toHaveLength(8800);
    expect(wrong(800)).toBeLessThan(60);
    expect(wrong(8000)).toBeLessThan(60);
    expect(right.slice(1600, 8000).every((sample) => sample === 0)).toBe(true);
  });

  it('keeps no audio back once it knows the rate, however fast it arrives', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 8000);
    const second = steady(7, 24_000, 24_000);
    writer.agent(0, second);
    await expect.poll(() => read(path).right.length).toBeGreaterThan(0);
    for (let at = 1; at < 20; at++) {
      writer.agent(at * 1000, second);
      writer.caller(steady(5, 8000));
    }
    const { left, right } = read(path);
    expect(left.lastIndexOf(5)).toBe(19 * 8000 - 1);
    expect(right.lastIndexOf(7)).toBeGreaterThan(20 * 8000 - 80); // the filter looks a few milliseconds ahead
    await writer.close();
  });

  it('keeps up to 10 s for a resampler, and reports that more was left out', async () => {
    const ten = fresh();
    const enough = openCallWriter(ten, 8000);
    for (let at = 0; at < 10; at++) enough.agent(at * 1000, steady(7, 24_000, 24_000));
    await enough.close();
    expect(read(ten).right).toHaveLength(80_000);

    const path = fresh();
    const writer = openCallWriter(path, 8000);
    for (let at = 0; at < 12; at++) writer.agent(at * 1000, steady(7, 24_000, 24_000));
    await expect(writer.close()).rejects.toThrow(
      `Could not write all of ${path}: more than 10 s of audio came before it could be resampled, and some was left out`,
    );
    expect(read(path).right).toHaveLength(80_000);
  });

  it('describes no more than 4 GiB in the header', async () => {
    const path = fresh();
    const writer = openCallWriter(path, 8000);
    const frame = 2 ** 30; // 37 hours
    writer.agent(frame / 8, audio([7]));
    await writer.close();
    const header = Buffer.alloc(44);
    const file = openSync(path, 'r');
    readSync(file, header, 0, 44, 0);
    closeSync(file);
    expect(statSync(path).size).toBe(44 + 4 * (frame + 1));
    expect([header.readUInt32LE(4), header.readUInt32LE(40)]).toStrictEqual([0xffff_fffc, 0xffff_fffc - 36]); // whole samples of both sides
    rmSync(path);
  });

  it('overwrites the file of an earlier call', async () => {
    const path = fresh();
    const first = openCallWriter(path, 8000);
    first.caller(steady(5, 100));
    await first.close();
    const second = openCallWriter(path, 8000);
    second.caller(audio([1]));
    await second.close();
    expect(read(path)).toMatchObject({ left: [1], bytes: 48 });
  });

  it('reports write errors at the end, and never before', async () => {
    const writer = openCallWriter(fresh(), 8000);
    const broken = { data: null, encoding: 'linear16', sampleRateHz: 8000, channels: 1 } as unknown as AudioChunk;
    writer.agent(0, broken);
    await expect(writer.close()).rejects.toMatchObject({ name: 'AudioError', code: 'write-failed' });
  });

  it('loses nothing of any call', async () => {
    const piece = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 40 });
    const reply = fc.record({ gap: fc.integer({ min: 3, max: 20 }), pieces: fc.array(piece, { minLength: 1, maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 5 }), fc.array(reply, { maxLength: 4 }), async (caller, replies) => {
        const path = fresh();
        const writer = openCallWriter(path, 8000);
        for (const values of caller) writer.caller(audio(values));
        const right: number[] = [];
        for (const { gap, pieces } of replies) {
          right.push(...new Array<number>(gap * 8).fill(0));
          for (const values of pieces) {
            writer.agent(right.length / 8, audio(values));
            right.push(...values);
          }
        }
        await writer.close();
        const left = caller.flat();
        const frames = Math.max(left.length, right.length);
        const padded = (side: number[]) => [...side, ...new Array<number>(frames - side.length).fill(0)];
        expect(read(path)).toMatchObject({ left: padded(left), right: padded(right), promised: 44 + 4 * frames });
      }),
      { numRuns: 60 },
    );
  });
});
