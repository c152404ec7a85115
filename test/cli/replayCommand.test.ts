import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scripted } from '../../src/emulator/scenario/index.ts';
import { emulator } from '../../src/emulator/server/server.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { replay } from '../../src/record/replay/replay.ts';
import { recorded } from '../record/recordedCall.ts';
import { command, folder, recording, type Outcome } from './sluiceProcess.ts';
import { sluice } from './sluiceInProcess.ts';
import { said, story } from './sampleStory.ts';

const { lines } = recorded(story);

/** The command on a file with these lines, within this process. */
async function replayed(file: string, ...flags: readonly string[]): Promise<Outcome> {
  const path = join(folder(), 'call.jsonl');
  writeFileSync(path, file);
  const { code, stdout, stderr } = await sluice('replay', path, ...flags);
  const named = (text: string) => text.replaceAll(path, 'call.jsonl');
  return { code, stdout: named(stdout), stderr: named(stderr) };
}

describe('sluice replay', () => {
  it('reports the same outcome', async () => {
    const { code, stdout, stderr } = await replayed(lines.join('\n'));
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^The same outcome as recorded: \d+ events, to the millisecond\.\n$/);
  });

  it('reports the first event that differs, and exits with 1', async () => {
    const other = lines.map((line) => (line.includes('"event":"BargeIn"') ? line.replace('"reply":2', '"reply":1') : line));
    const { code, stdout } = await replayed(other.join('\n'));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Not the recorded outcome\. The first event that differs:\n {2}recorded: .*"BargeIn".*\n {2}replayed: none\n$/,
    );
  });

  it('compares the outcome of another policy side by side, and exits with 0', async () => {
    const { code, stdout } = await replayed(lines.join('\n'), '--agent', '{"bargeIn":{"minWords":2}}');
    expect(code).toBe(0);
    const rows = stdout.split('\n');
    expect(rows[0]).toMatch(/^Another outcome\. The first event that differs.*:$/);
    expect(rows.map((row) => row.replace(/ +/g, ' '))).toEqual(
      expect.arrayContaining(['barge-ins 1 0', 'turns taken 2 1', 'turns ignored 0 1', 'model calls 3 2']),
    );
    expect(rows).toContain('+ assistant: Going forward ten meters now.');
    expect(rows.find((row) => row.startsWith('- assistant'))).toMatch(/ --$/);
  });

  it('compares the outcome of other thresholds, and lists its guesses', async () => {
    const sure = (at: number, event: string, turn_index: number, transcript: string, confidence: number) => ({
      at,
      message: { ...said(at, event, turn_index, transcript).message, end_of_turn_confidence: confidence },
    });
    const { lines } = recorded({
      ...story,
      flux: [
        sure(500, 'StartOfTurn', 0, 'Go', 0.1),
        sure(750, 'Update', 0, 'Go forward.', 0.75),
        sure(1000, 'EndOfTurn', 0, 'Go forward.', 0.95),
      ],
    });
    const { code, stdout } = await replayed(lines.join('\n'), '--eot', '0.7', '--eager-eot', '0.6');
    expect(code).toBe(0);
    const rows = stdout.split('\n').map((row) => row.replace(/ +/g, ' '));
    expect(rows[0]).toBe(
      'From 0:00.8 on the replay is partly a guess: the recording does not contain when exactly these thresholds were reached, ' +
        'only the next Update, up to 250 ms later (0:0).',
    );
    expect(rows[1]).toMatch(/^Another outcome\. The first event that differs/);
    expect(rows).toEqual(
      expect.arrayContaining(['turns taken 1 1', 'end of speech → first sound, ms 310 60', ' user: Go forward.']),
    );
  });

  it('keeps a draft as long as a longer timeout, as run does', async () => {
    const { lines } = recorded({
      ...story,
      flux: [said(160, 'StartOfTurn', 0, 'Go'), said(320, 'Update', 0, 'Go forward.'), said(7000, 'Update', 0, 'Go forward.')],
    });
    const dropped = async (...flags: readonly string[]) => {
      const { stdout } = await replayed(lines.join('\n'), '--eager-eot', '0.5', '--eot-timeout', '9000', '--json', ...flags);
      const { events } = JSON.parse(stdout) as { readonly events: readonly { readonly type: string }[] };
      return events.filter(({ type }) => type === 'DraftDropped');
    };
    expect(await dropped()).toStrictEqual([]);
    expect(await dropped('--agent', '{"draftTimeoutMs":6000}')).toMatchObject([{ at: 6320, reason: 'timeout' }]);
  });

  it('prints one object with --json', async () => {
    const { stdout } = await replayed(lines.join('\n'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ same: true, shiftMs: 0, guesses: [], events: expect.any(Array) as unknown });
  });

  it('names a damaged line, and replays the rest', async () => {
    const { code, stdout, stderr } = await replayed(lines.slice(0, 40).join('\n').slice(0, -5));
    expect(code).toBe(0);
    expect(stderr).toBe('sluice: call.jsonl:40: is not JSON, or breaks off; the line is left out.\n');
    expect(stdout).toMatch(/^The same outcome as recorded: \d+ events/);
  });

  it('reports that a recording without events has nothing to compare', async () => {
    const { code, stdout } = await replayed(lines.filter((line) => !line.includes('"event":"')).join('\n'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ events; the recording has none to compare with\.\n$/);
  });

  it('prints the call as it happens with --speed', async () => {
    const { code, stdout } = await replayed(lines.join('\n'), '--speed', '100');
    expect(code).toBe(0);
    expect(stdout).toMatch(/turn starts .*Go\n[^]*BARGE-IN[^]*\n\nThe same outcome/);
  });

  it.each<[string, string, string[], string]>([
    [
      'a file that is not a recording',
      '{}',
      [],
      'call.jsonl:1: is not the header of a Sluice recording ({"sluice":"recording","version":1,…}).',
    ],
    [
      'an unknown value of an option',
      lines.join('\n'),
      ['--agent', '{"eager":"deep"}'],
      '--agent: eager must be one of off, text, speech.',
    ],
    [
      'options that are not JSON',
      lines.join('\n'),
      ['--agent', '{"eager":'],
      '--agent:1: not JSON: Unexpected end of input found',
    ],
    [
      'an invalid threshold',
      lines.join('\n'),
      ['--eot', 'high'],
      "option '--eot <confidence>' argument 'high' is invalid. It must be a number from 0.5 to 1.",
    ],
    [
      'an eager threshold above the end-of-turn threshold',
      lines.join('\n'),
      ['--eager-eot', '0.8'],
      'The Flux option eagerEotThreshold (0.8) must not be above eotThreshold (0.7).',
    ],
  ])('refuses %s with 2 and one line', async (_, file, flags, line) => {
    expect(await replayed(file, ...flags)).toStrictEqual({ code: 2, stdout: '', stderr: `sluice: ${line}\n` });
  });
});

describe('a recording of sluice run', () => {
  it('made over sockets on a busy machine replays to the recorded outcome 20 times', async () => {
    const server = await emulator({ backend: scripted(story) });
    onTestFinished(() => server.close());
    const busy = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (const end = Date.now() + 20000; Date.now() < end;);']));
    onTestFinished(() => busy.forEach((child) => void child.kill('SIGKILL')));
    const cwd = folder();
    const sides = ['--deepgram-url', server.deepgramUrl, '--openai-url', server.openaiUrl];
    expect(await command(['run', recording(cwd, 3), '--quiet', ...sides], { cwd }).ends).toMatchObject({ code: 0 });

    const made = readRecording(readFileSync(join(cwd, 'out', 'call.jsonl'), 'utf8'));
    const [first, ...others] = Array.from({ length: 20 }, () => replay(made));
    expect(first!.difference).toBeUndefined();
    expect(first!.recorded.filter(({ type }) => type === 'BargeIn')).toHaveLength(1);
    expect(others.filter(({ events }) => JSON.stringify(events) !== JSON.stringify(first!.events))).toStrictEqual([]);
    const bare = made.lines.filter((line) => !('event' in line));
    expect(replay({ ...made, lines: bare }).events).toStrictEqual(first!.events);
  });
});
