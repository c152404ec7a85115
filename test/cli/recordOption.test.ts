import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scripted, type Scenario } from '../../src/emulator/scenario/index.ts';
import { emulator } from '../../src/emulator/server/server.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { command, folder, recording, sluice, start } from './sluiceProcess.ts';

const turn = (at: number, event: string, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index: 0, transcript, end_of_turn_confidence: 0.5 },
});

const story: Scenario = {
  flux: [turn(160, 'StartOfTurn', 'Go'), turn(480, 'EndOfTurn', 'Go forward.')],
  model: { firstTokenMs: 20, tokenMs: 5, replies: ['Going.'] },
  speech: { firstAudioMs: 20 },
};

async function far(): Promise<string[]> {
  const server = await emulator({ backend: scripted(story) });
  onTestFinished(() => server.close());
  return ['--deepgram-url', server.deepgramUrl, '--openai-url', server.openaiUrl];
}

const read = (path: string) => readRecording(readFileSync(path, 'utf8'), path);

describe('sluice run --record', () => {
  it('writes a recording beside the call by default', async () => {
    const cwd = folder();
    const flags = [...(await far()), '--json', '--eot', '0.8'];
    const { code, stdout } = await command(['run', recording(cwd, 1), ...flags], {
      cwd,
      env: { OPENAI_API_KEY: 'sk-0123456789' },
    }).ends;
    expect(code).toBe(0);
    const { header, lines, damage } = read(join(cwd, 'out', 'call.jsonl'));
    expect(damage).toBeUndefined();
    expect(header).toMatchObject({
      audio: { encoding: 'linear16', sampleRateHz: 16_000, file: 'call.wav' },
      options: { listen: { eotThreshold: 0.8 }, agent: { draftTimeoutMs: 6000 } },
    });
    expect(readFileSync(join(cwd, 'out', 'call.jsonl'), 'utf8')).not.toContain('0123456789');

    const events = lines.flatMap((line) => ('event' in line ? [line.id] : []));
    expect(events).toHaveLength(stdout.trimEnd().split('\n').length);
    const count = (key: string, value: unknown) =>
      lines.filter((line) => (line as unknown as Record<string, unknown>)[key] === value).length;
    expect(lines.filter((line) => 'caller' in line)).toHaveLength(13); // 12 of 80 ms, one of 40
    expect(count('sent', 'listen:0')).toBe(14); // and CloseStream
    expect(count('got', 'speak:0')).toBeGreaterThan(3);
    expect([count('request', 0), count('end', 0), count('over', 'caller'), count('over', 'call')]).toStrictEqual([1, 1, 1, 1]);
    const first = lines.find((line) => 'heard' in line && !('event' in line)) as { heard: number; offset: number } | undefined;
    const wav = readFileSync(join(cwd, 'out', 'call.wav'));
    const right = (sample: number) => wav.readInt16LE(44 + 4 * sample + 2);
    const sounds = Array.from({ length: 40 }, (_, at) => right(first!.offset + at)).some((sample) => sample !== 0);
    expect([right(first!.offset - 20), sounds]).toStrictEqual([0, true]);
  });

  it('writes none with --no-record, and replaces the words with --redact', async () => {
    const cwd = folder();
    const flags = await far();
    expect(await command(['run', recording(cwd, 1), '--no-record', ...flags], { cwd }).ends).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'out', 'call.jsonl'))).toBe(false);
    const redacted = ['run', 'call.wav', '--record', 'a/b.jsonl', '--redact', ...flags];
    expect(await command(redacted, { cwd }).ends).toMatchObject({ code: 0 });
    expect(read(join(cwd, 'a', 'b.jsonl')).header).toMatchObject({ redacted: true, audio: { file: '../out/call.wav' } });
    expect(readFileSync(join(cwd, 'a', 'b.jsonl'), 'utf8')).not.toMatch(/forward|Going/);
  });

  it('refuses to overwrite a file that is not a recording, before the call starts', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'letter.txt'), 'Dear all');
    const { code, stdout, stderr } = await command(['run', recording(cwd, 1), '--record', 'letter.txt'], { cwd }).ends;
    expect({ code, stdout, stderr }).toStrictEqual({
      code: 2,
      stdout: '',
      stderr: 'sluice: letter.txt exists already and is not a recording: name another file with --record, or use --no-record.\n',
    });
    expect(readFileSync(join(cwd, 'letter.txt'), 'utf8')).toBe('Dear all');
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  });

  it('leaves a recording that ends with the interruption at Ctrl-C', async () => {
    const cwd = folder();
    const { child, says, ends } = command(['run', recording(cwd, 60), ...(await far())], { cwd });
    await says(/agent speaks/);
    child.kill('SIGINT');
    expect(await ends).toMatchObject({ code: 130 });
    const { lines, damage } = read(join(cwd, 'out', 'call.jsonl'));
    expect(damage).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({ over: 'call', left: true });
  });

  it('leaves a complete recording when its reader goes away', async () => {
    const cwd = folder();
    const words = [...sluice, 'run', recording(cwd, 2), ...(await far())].map((word) => `'${word}'`).join(' ');
    const { code } = await start('bash', ['-c', `'${process.execPath}' ${words} | head -1; exit "\${PIPESTATUS[0]}"`], { cwd })
      .ends;
    expect(code).toBe(0);
    const { lines, damage } = read(join(cwd, 'out', 'call.jsonl'));
    expect(damage).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({ over: 'call', left: true });
  });

  it('leaves every printed event in the recording when it is killed', async () => {
    const cwd = folder();
    const { child, says, ends } = command(['run', recording(cwd, 60), '--json', ...(await far())], { cwd });
    const told = await says(/SpeechStarted.*\n/);
    child.kill('SIGKILL');
    await ends;
    const { lines, damage } = read(join(cwd, 'out', 'call.jsonl'));
    expect(damage).toBeUndefined();
    const events = lines.filter((line) => 'event' in line).length;
    expect(events).toBeGreaterThanOrEqual(told.trimEnd().split('\n').length);
  });
});
