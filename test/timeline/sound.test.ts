import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StereoFile } from '../../src/audio/stereoFile.ts';
import { openSound } from '../../src/timeline/sound.ts';

describe('sound', () => {
  let folder: string;
  let path: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    path = join(folder, 'call.wav');
    const file = new StereoFile(path, 16_000);
    // a second: the caller in its first quarter, the agent softer in its last
    file.put(0, 0, new Int16Array(4000).fill(-32_768));
    file.put(1, 12_000, new Int16Array(4000).fill(8192));
    file.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('measures the loudness of each side and the duration', () => {
    const sound = openSound(path, { href: 'call.wav' });
    const peaks = (side: 'caller' | 'agent') =>
      [0, 1, 2, 3].map((quarter) => sound?.peak(side, quarter * 4000 + 256, quarter * 4000 + 3584));

    expect(sound).toMatchObject({ rateHz: 16_000, durationMs: 1000 });
    expect(peaks('caller')).toEqual([255, 0, 0, 0]);
    expect(peaks('agent')).toEqual([0, 0, 0, 64]);
  });

  it('is inlined up to a length, and linked beyond it', () => {
    const bytes = 44 + 4 * 16_000;

    expect(openSound(path, { href: 'call.wav', inlineMs: 999 })?.url).toBe('call.wav');
    expect(openSound(path, { href: 'call.wav' })?.url).toMatch(/^data:audio\/wav;base64,UklGR/u);
    expect(Buffer.from(openSound(path, { href: '' })?.url.split(',')[1] ?? '', 'base64')).toHaveLength(bytes);
  });

  it('is undefined for another kind of file', () => {
    const other = join(folder, 'other.wav');
    writeFileSync(other, 'RIFF, and then nothing of the kind: only words, and more of them than a header has');

    expect(openSound(other, { href: '' })).toBeUndefined();
    expect(openSound(folder, { href: '' })).toBeUndefined();
    expect(() => openSound(join(folder, 'none.wav'), { href: '' })).toThrow('ENOENT');
  });

  it('has the length of the file, if the file is cut off or has a byte more', () => {
    const broken = join(folder, 'broken.wav');
    const file = new StereoFile(broken, 16_000);
    file.put(0, 0, new Int16Array(1600).fill(16_384));
    file.close();
    truncateSync(broken, 44 + 4 * 800 + 3);
    expect(openSound(broken, { href: '' })).toMatchObject({ durationMs: 50 });

    appendFileSync(broken, new Uint8Array(1));
    expect(openSound(broken, { href: '' })).toMatchObject({ durationMs: 800 / 16 + 1 / 16 });
  });
});
