import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { brief, type BriefRequest } from '../../src/cli/commands/simulateCommand.ts';
import type { Message } from '../../operators/events.ts';
import type { Request, Result } from '../../src/testing/result.ts';
import { command, folder, sluice, start, type Outcome } from './sluiceProcess.ts';
import { sluice as within } from './sluiceInProcess.ts';

const calls = resolve(import.meta.dirname, '../../fixtures/calls');
const fixture = (name: string) => join(calls, `${name}.json`);
const turn = (at: number, event: string, transcript: string, turn_index = 0) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});
const hello = turn(500, 'EndOfTurn', 'Hello.');

/** A file with this in it. */
function file(name: string, content: string | object): string {
  const path = join(folder(), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The command within this process, which is faster; its stdout a pipe, or a terminal of so many columns. */
async function simulate(args: readonly string[], columns?: number): Promise<Outcome> {
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('NO_COLOR', '');
  const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
  Object.assign(process.stdout, { isTTY: columns !== undefined, columns });
  try {
    return await within('simulate', ...args);
  } finally {
    Object.assign(process.stdout, before);
    vi.unstubAllEnvs();
  }
}

const refused = (code: number, line: string) => ({ code, stdout: '', stderr: `sluice: ${line}\n` });

describe('sluice simulate', () => {
  it('prints the events, a chart and the figures', async () => {
    const path = file('call.json', {
      about: 'Hello.',
      flux: [turn(400, 'StartOfTurn', 'What'), turn(600, 'EagerEndOfTurn', 'What now?'), turn(1200, 'EndOfTurn', 'What now?')],
      model: { replies: ['Wait.'] },
      speech: { firstAudioMs: 100, msPerChar: 100 },
      endAt: 2000,
    });

    // The space after a sentence takes its time too; and for a second after the audio Flux may still say something.
    expect(await simulate([path])).toEqual({
      code: 0,
      stderr: '',
      stdout: `\
Hello.

 0:00.0  connected                request 00000000-0000-4000-8000-000000000000
 0:00.4  turn starts        0.05  What
 0:00.6  turn may be over   0.50  What now?
 0:00.6  draft 1 started          in case the turn is over
 0:01.2  TURN IS OVER       0.80  What now?
 0:01.2  draft 1 kept             it is the reply
 0:01.2  agent speaks             reply 1, 0 ms after the end of the turn
 0:01.8  agent said               Wait.

        0:00.0    0:00.5    0:01.0    0:01.5    0:02.0    0:02.5    0:03.0
caller          s---e-----------E
model               =====
agent                           ############
s turn starts  e may be over  r goes on  E is over  i ignored  L lost  = asked and writing  x aborted  # heard  . paused

Milliseconds from the end of each turn:

turn  the caller said  reply    end of         end of  first  first  first
                                speech  eager    turn  token  audio  sound
1     What now?        drafted    -600   -600  0:01.2   -400   -300      0

1 turn, 1 answered · 1 draft: 1 kept, 0 dropped · 0 barge-ins · 1 request to the model
`,
    });
  });

  it('reads rows of Flux, one a line', async () => {
    const { code, stdout } = await simulate([file('call.jsonl', `${JSON.stringify(hello)}\n\n`), '--json']);

    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Result).history).toEqual([
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Sure.' },
    ]);
  });

  it('prints one object and nothing else with --json', async () => {
    const { code, stdout, stderr } = await simulate([fixture('eager'), '--json']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      events: expect.any(Array) as unknown,
      history: [
        { role: 'user', content: "What's my balance on savings?" },
        { role: 'assistant', content: 'You have two hundred dollars.' },
      ],
      requests: [
        {
          at: 1200,
          messages: [
            { role: 'system', content: expect.stringContaining('voice assistant') as unknown },
            { role: 'user', content: "What's my balance on savings?" },
          ],
          draft: true,
          tokens: 5,
          endedAt: 1480, // the first token after 200 ms, four more
        },
      ],
      said: [{ at: 1480, reply: 1, text: 'You have two hundred dollars.' }],
      heard: [{ reply: 1, from: 2000, to: 3800, text: 'You have two hundred dollars.' }], // 29 characters and a space
      violations: [],
    });
  });

  it('prints the messages added since an earlier request, and all of them with --full', async () => {
    const path = fixture('two-turns');
    const requests = async (...flags: string[]) =>
      (JSON.parse((await simulate([path, '--json', ...flags])).stdout) as { requests: BriefRequest[] }).requests;
    const added = [
      { role: 'assistant', content: 'A table for two. At what time?' },
      { role: 'user', content: 'At eight.' },
    ];

    const [first, second] = await requests();
    expect(first).not.toHaveProperty('since');
    expect(first?.messages).toHaveLength(2);
    expect(second).toMatchObject({ since: 0, messages: added });

    const [all, whole] = await requests('--full');
    expect(all).toEqual(first);
    expect(whole).not.toHaveProperty('since');
    expect(whole?.messages).toEqual([...(first?.messages ?? []), ...added]);
  });

  it('prints the broken rule, and exits with 1', async () => {
    const path = file('call.json', { flux: [hello], untilMs: 600 });
    const { code, stdout } = await simulate([path]);

    expect(code).toBe(1);
    expect(stdout).toMatch(/\nBROKEN at 0:00\.6: unfinished: The call was still open at its time limit\. \(events \d+\)\n$/u);
    expect((await simulate([path, '--json'])).code).toBe(1);
  });

  it.each([10, 34, 60, 80, 400])(
    'breaks lines between words on a terminal of %i columns, and draws a chart that fits',
    async (columns) => {
      const { stdout } = await simulate([fixture('barge-in')], columns);
      const lines = stripVTControlCharacters(stdout).split('\n');
      const from = lines.findIndex((line) => line.startsWith('caller'));

      expect(stdout).not.toBe(stripVTControlCharacters(stdout));
      expect(lines.slice(from - 1, from + 3).filter((line) => line.length > Math.max(columns, 18))).toEqual([]);
      expect(lines.filter((line) => line.includes('x aborted') && line.length > Math.max(columns, 34))).toEqual([]);
      expect(lines.join(' ').replaceAll(/ +/gu, ' ')).toContain('a pumpkin soup, two kinds of pizza');
    },
  );

  it.each(readdirSync(calls))('plays %s without breaking a rule', async (name) => {
    expect(await simulate([join(calls, name), '--json'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('sluice simulate refuses', () => {
  const row = JSON.stringify(hello);

  it.each<[string, string, string, string]>([
    ['a field of the wrong type', 'x.json', '{\n "endAt": "late" }', '2: endAt must be a number'],
    ['an unknown field', 'x.json', '{\n\n "fluxx": [] }', '3: fluxx is not a field here'],
    [
      'rows out of order',
      'x.json',
      `{ "flux": [\n${row},\n{ "at": 499, "drop": true } ] }`,
      '3: flux[1].at must not be before the row above it (499 < 500)',
    ],
    [
      'a row in the gap after a drop',
      'x.json',
      `{ "flux": [\n{ "at": 300, "drop": true },\n${row} ] }`,
      '3: flux[1].at falls into the gap after a lost connection; the next connection stands at 600',
    ],
    ['a file that is not JSON', 'x.json', 'flux', '1: not JSON: '],
    ['an empty file', 'x.json', '\n', '1: the file is empty: it must contain a scenario.'],
    ['a file without rows', 'x.jsonl', '', '1: the file is empty: it must contain a scenario.'],
    ['an incomplete row', 'x.jsonl', `${row}\n{ "at": 600 }`, '2: flux[1] must have at and one of message, drop, error'],
  ])('%s with file, line and field: exit 2', async (_, name, content, complaint) => {
    const path = file(name, content);
    const { code, stdout, stderr } = await simulate([path]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/u);
    expect(stderr.startsWith(`sluice: ${path}:${complaint}`), stderr).toBe(true);
  });

  it('a missing file or a folder, with exit code 1', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'a.json'));

    expect(await simulate([join(cwd, 'b.json')])).toEqual(refused(1, `${join(cwd, 'b.json')}: no such file.`));
    expect(await simulate([join(cwd, 'a.json')])).toEqual(refused(1, `${join(cwd, 'a.json')} is a folder.`));
  });

  it('an unknown flag or no file, with exit code 2', async () => {
    expect(await simulate([fixture('eager'), '--nix'])).toEqual(refused(2, "unknown option '--nix'"));
    expect(await simulate([])).toEqual(refused(2, "missing required argument 'scenario'"));
  });
});

describe('sluice simulate as a process', () => {
  it('writes plain text into a pipe, and exits with its code', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'call.json'), JSON.stringify({ flux: [hello], untilMs: 600 }));
    const { code, stdout, stderr } = await command(['simulate', 'call.json'], { cwd, env: { TERM: 'xterm', FORCE_COLOR: '1' } })
      .ends;

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('BROKEN at 0:00.6');
    expect(stdout).toBe(stripVTControlCharacters(stdout));
  });

  it('ends with 0 and no message when its reader goes away', async () => {
    const child = spawn(process.execPath, [...sluice, 'simulate', fixture('two-turns')], { cwd: folder() });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));

    expect(await new Promise((done) => child.on('close', done))).toBe(0);
    expect(stderr).toBe('');
  });

  it('writes the same bytes in any time zone and language, also on a busy machine', async () => {
    const cwd = folder();
    const busy = start(process.execPath, ['-e', 'for (;;);'], { cwd });
    const places = [
      { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' },
      { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
    ];
    const outcomes = await Promise.all(
      places.map((env) => command(['simulate', fixture('resumed'), '--json', '--full'], { cwd, env }).ends),
    );
    busy.child.kill('SIGKILL');
    const [first, ...others] = outcomes;

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(others).toEqual([first, first]);
    expect(await simulate([fixture('resumed'), '--json', '--full'])).toEqual(first);
  });
});

describe('a brief result', () => {
  const said = (...contents: string[]): Message[] => contents.map((content) => ({ role: 'user', content }));
  const request = (...contents: string[]): Request => ({ at: 0, messages: said(...contents), draft: false, tokens: 0 });
  const short = (...requests: Request[]) =>
    brief({ events: [], history: [], said: [], heard: [], violations: [], requests }).requests.map(({ since, messages }) => ({
      since,
      added: messages.map(({ content }) => content).join(' '),
    }));

  it('compares with the last request whose messages are all sent again', () => {
    expect(short(request('a'), request('a', 'b'), request('a', 'b', 'c'))).toEqual([
      { since: undefined, added: 'a' },
      { since: 0, added: 'b' },
      { since: 1, added: 'c' },
    ]);
  });

  it('skips the request of a dropped draft', () => {
    expect(short(request('a'), request('a', 'draft'), request('a', 'b'))).toEqual([
      { since: undefined, added: 'a' },
      { since: 0, added: 'draft' },
      { since: 0, added: 'b' },
    ]);
  });

  it('has no messages for a repeated request', () => {
    expect(short(request('a'), request('a'))).toEqual([
      { since: undefined, added: 'a' },
      { since: 0, added: '' },
    ]);
  });

  it('has all messages of the first request', () => {
    expect(short(request('a', 'b'), request('b'))).toEqual([
      { since: undefined, added: 'a b' },
      { since: undefined, added: 'b' },
    ]);
  });

  it('distinguishes an interrupted message from one that was not', () => {
    const cut: Request = { ...request(), messages: [{ role: 'assistant', content: 'a', interrupted: true }] };
    const whole: Request = { ...request(), messages: [{ role: 'assistant', content: 'a' }] };

    expect(short(cut, whole)[1]).toEqual({ since: undefined, added: 'a' });
  });

  it('grows only linearly with the length of the call', () => {
    const contents = Array.from({ length: 1000 }, (_, k) => `message ${k}`);
    const requests = contents.map((_, k) => request(...contents.slice(0, k + 1)));

    expect(short(...requests).map(({ added }) => added)).toEqual(contents);
  });
});
