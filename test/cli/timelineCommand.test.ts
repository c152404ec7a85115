import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StereoFile } from '../../src/audio/stereoFile.ts';
import { sluice } from './sluiceInProcess.ts';
import { recorded } from '../record/recordedCall.ts';
import { folder } from './sluiceProcess.ts';

const row = (at: number, event: string, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index: 0, transcript },
});
const { lines } = recorded(
  { flux: [row(500, 'StartOfTurn', 'hi'), row(1000, 'EndOfTurn', 'hi')] },
  { audio: { encoding: 'linear16', sampleRateHz: 16_000, file: 'a call.wav' } },
);

/** A recording with its WAV, in a folder of its own. */
function call(): string {
  const at = folder();
  writeFileSync(join(at, 'call.jsonl'), lines.join('\n'));
  const wav = new StereoFile(join(at, 'a call.wav'), 16_000);
  wav.put(0, 0, new Int16Array(16_000).fill(9000));
  wav.close();
  return at;
}

describe('sluice timeline', () => {
  it('writes a page with the sound beside the recording, and replaces it the next time', async () => {
    const at = call();
    const page = join(at, 'call.html');

    expect(await sluice('timeline', join(at, 'call.jsonl'))).toEqual({ code: 0, stdout: `The timeline: ${page}\n`, stderr: '' });
    expect(readFileSync(page, 'utf8')).toContain('"sound":"data:audio/wav;base64,');
    expect(await sluice('timeline', join(at, 'call.jsonl'))).toMatchObject({ code: 0 });
  });

  it('writes the page to another folder, which it creates, and without sound', async () => {
    const at = folder();
    writeFileSync(join(at, 'call.jsonl'), lines.join('\n'));
    const page = join(at, 'pages', 'one.html');

    expect(await sluice('timeline', join(at, 'call.jsonl'), '-o', page)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(page, 'utf8')).toContain('a call.wav was not found: bars show when each side was heard.');
  });

  it('overwrites only a timeline', async () => {
    const at = call();
    writeFileSync(join(at, 'call.html'), '<!doctype html><p>My own page.</p>');
    const { code, stderr } = await sluice('timeline', join(at, 'call.jsonl'));

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `sluice: ${join(at, 'call.html')} exists already and is not a timeline: name another file with -o.\n`,
    });
    for (const own of ['call.jsonl', 'a call.wav']) {
      expect(await sluice('timeline', join(at, 'call.jsonl'), '-o', join(at, own))).toMatchObject({ code: 2, stdout: '' });
    }
    expect(readFileSync(join(at, 'call.html'), 'utf8')).toContain('My own page.');
    expect(readFileSync(join(at, 'call.jsonl'), 'utf8')).toBe(lines.join('\n'));
  });

  it('leaves out a damaged line, and reports it', async () => {
    const at = folder();
    writeFileSync(join(at, 'call.jsonl'), `${lines.slice(0, 12).join('\n')}\n{"at":`);
    const { code, stderr } = await sluice('timeline', join(at, 'call.jsonl'));

    expect(code).toBe(0);
    expect(stderr).toBe(`sluice: ${join(at, 'call.jsonl')}:13: is not JSON, or breaks off; the line is left out.\n`);
    expect(existsSync(join(at, 'call.html'))).toBe(true);
  });

  it('reports in one line a file that is not a recording, or does not exist', async () => {
    const at = folder();
    mkdirSync(join(at, 'folder.jsonl'));
    writeFileSync(join(at, 'notes.jsonl'), '{"a":1}\n');

    expect(await sluice('timeline', join(at, 'none.jsonl'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no such file\.\n$/u) as string,
    });
    expect(await sluice('timeline', join(at, 'folder.jsonl'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a folder\.\n$/u) as string,
    });
    expect(await sluice('timeline', join(at, 'notes.jsonl'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/notes\.jsonl:1: .*\n$/u) as string,
    });
    expect(existsSync(join(at, 'notes.html'))).toBe(false);
  });
});
