import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import wavefile from 'wavefile';
import type { AgentEvent } from '../../operators/events.ts';
import { emulator } from '../../src/emulator/server/server.ts';
import { scripted, type Scenario } from '../../src/emulator/scenario/index.ts';
import { command, folder, recording, sluice, start, type Finally, type Outcome } from './sluiceProcess.ts';
import { story } from './sampleStory.ts';

/** Its first turn alone, answered in a word. */
const oneTurn: Scenario = { ...story, flux: story.flux.slice(0, 5), model: { ...story.model, replies: ['Sure.'] } };

async function far(scenario: Scenario = story, after: Finally = onTestFinished): Promise<string[]> {
  const server = await emulator({ backend: scripted(scenario) });
  after(() => server.close());
  return ['--deepgram-url', server.deepgramUrl, '--openai-url', server.openaiUrl];
}

const jsonl = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AgentEvent);

/** Both sides of a call, as another library reads them. */
function sides(path: string): { left: Int16Array; right: Int16Array } {
  const [left, right] = new wavefile.WaveFile(readFileSync(path)).getSamples(false, Int16Array) as unknown as [
    Int16Array,
    Int16Array,
  ];
  return { left, right };
}

describe('sluice run', () => {
  it('prints the call as it happens, and writes it', async () => {
    const cwd = folder();
    const flags = await far();
    const { code, stdout, stderr } = await command(['run', recording(cwd, 3), ...flags], { cwd }).ends;
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });

    const rows = stdout.split('\n').map((line) =>
      line
        .replace(/^ *\d+:\d\d\.\d {2}/, '')
        .replace(/\d+ ms/, '# ms')
        .replace(/ {2,}/g, ' | '),
    );
    expect(rows[0]).toMatch(
      /^listen: flux-general-en \(Deepgram Flux at ws:\/\/127.0.0.1:\d+\) · think: gpt-4o-mini \(OpenAI API at .*\) · speak: aura-2-phoebe-en \(Deepgram Aura at .*\)$/,
    );
    expect(rows.slice(2, 19)).toStrictEqual([
      expect.stringMatching(/^connected \| request /),
      'turn starts | 0.50 | Go',
      'turn may be over | 0.50 | Go forward.',
      'draft 1 started | in case the turn is over',
      'turn goes on | 0.50 | Go forward ten',
      expect.stringMatching(/^draft 1 dropped \| the caller went on; it had cost \d+ tokens, \d+ characters of speech$/),
      'turn may be over | 0.50 | Go forward ten meters.',
      'draft 2 started | in case the turn is over',
      'TURN IS OVER | 0.50 | Go forward ten meters.',
      'draft 2 kept | it is the reply',
      'agent speaks | reply 2, # ms after the end of the turn',
      'turn starts | 0.50 | No',
      expect.stringMatching(/^BARGE-IN \| the caller interrupts reply 2 after 0\.\d s$/),
      expect.stringMatching(/^agent said \| Going.* -- \(unheard: .*now\.\)$/),
      'TURN IS OVER | 0.50 | No.',
      'reply 3 started',
      'agent speaks | reply 3, # ms after the end of the turn',
    ]);
    expect(stdout).toContain('agent said               Stopped.\n');
    expect(stdout).toContain('2 turns, 2 answered · 2 drafts: 1 kept, 1 dropped · 1 barge-in\n');
    expect(stdout).toContain(`The call, caller left and agent right: ${join('out', 'call.wav')}\n`);
    // eslint-disable-next-line no-control-regex -- no cursor, no colour in a pipe
    expect(stdout).not.toMatch(/\u001b/);
    expect(existsSync(join(cwd, 'out', 'call.wav'))).toBe(true);
  });

  it('prints only the summary with --quiet', async () => {
    const cwd = folder();
    const flags = await far(oneTurn);
    const { stdout, stderr } = await command(['run', recording(cwd, 1.3), '--quiet', ...flags], { cwd }).ends;
    expect(stdout).toBe(
      `1 turn, 1 answered · 2 drafts: 1 kept, 1 dropped · 0 barge-ins\nThe call, caller left and agent right: ${join('out', 'call.wav')}\n`,
    );
    expect(stderr).toBe('');
  });

  it('starts no draft without an eager threshold', async () => {
    const cwd = folder();
    const flags = await far(oneTurn);
    const { stdout } = await command(['run', recording(cwd, 1.3), '--eager', 'off', '--json', ...flags], { cwd }).ends;
    expect(jsonl(stdout).filter(({ type }) => type === 'DraftStarted')).toStrictEqual([]);
  });

  it('ends quietly when its reader goes away', async () => {
    const cwd = folder();
    const flags = await far();
    const words = [...sluice, 'run', recording(cwd, 3), ...flags].map((word) => `'${word}'`).join(' ');
    const script = `'${process.execPath}' ${words} | head -1; exit "\${PIPESTATUS[0]}"`;
    const { code, stdout, stderr } = await start('bash', ['-c', script], { cwd }).ends;
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^listen: .*\n$/);
    expect(() => sides(join(cwd, 'out', 'call.wav'))).not.toThrow();
  });

  it('stops at Ctrl-C with 130 and leaves a complete file', async () => {
    const cwd = folder();
    const flags = await far();
    const { child, says, ends } = command(['run', recording(cwd, 60), ...flags], { cwd });
    await says(/agent speaks/);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ends;
    expect({ code, stderr }).toStrictEqual({ code: 130, stderr: '' });
    expect(stdout).toContain('The call, caller left and agent right');
    const { left } = sides(join(cwd, 'out', 'call.wav'));
    expect(left.length).toBeGreaterThan(16_000);
    expect(left.length).toBeLessThan(16_000 * 10);
  });

  it('does not report silence if the call was stopped before its first turn', async () => {
    const cwd = folder();
    const { child, says, ends } = command(['run', recording(cwd, 60), ...(await far({ flux: [] }))], { cwd });
    await says(/connected/);
    child.kill('SIGINT');
    const { code, stdout } = await ends;
    expect(code).toBe(130);
    expect(stdout).not.toContain('silent');
  });

  it('leaves a complete file when it is killed', async () => {
    const cwd = folder();
    const flags = await far();
    const { child, says, ends } = command(['run', recording(cwd, 60), ...flags], { cwd });
    await says(/agent speaks/);
    child.kill('SIGKILL');
    await ends;
    expect(sides(join(cwd, 'out', 'call.wav')).left.length).toBeGreaterThan(16_000);
  });

  it('plays the recording faster, and keeps the call together in the file', async () => {
    const cwd = folder();
    const flags = await far(oneTurn);
    const { code, stdout } = await command(['run', recording(cwd, 3), '--speed', '3', '--json', ...flags], { cwd }).ends;
    expect(code).toBe(0);
    const spoken = jsonl(stdout).find(({ type }) => type === 'SpeechStarted')!;
    const { left, right } = sides(join(cwd, 'out', 'call.wav'));
    const first = right.findIndex((sample) => sample !== 0) / 16;
    expect(left.subarray(0, 48_000).every((sample, at) => sample === at % 1000)).toBe(true);
    expect(Math.abs(first - Math.min(spoken.at * 3, 3000 + (spoken.at - 1000)))).toBeLessThan(60);
  });
});

describe('sluice run --json', () => {
  let outcome: Outcome;
  let events: AgentEvent[];
  let file: { left: Int16Array; right: Int16Array };

  beforeAll(async () => {
    const cleanUps: (() => void | Promise<void>)[] = [];
    const after: Finally = (cleanUp) => void cleanUps.push(cleanUp);
    const cwd = folder(after);
    const flags = await far(story, after);
    outcome = await command(['run', recording(cwd, 3), '-o', 'a/b.wav', '--json', ...flags], { cwd, after }).ends;
    events = jsonl(outcome.stdout);
    file = sides(join(cwd, 'a', 'b.wav'));
    for (const cleanUp of cleanUps) await cleanUp();
  });

  it('prints one event a line on stdout and nothing else', () => {
    const { code, stderr } = outcome;
    expect(code).toBe(0);
    expect(events.map(({ id }) => id)).toStrictEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: 'Closed' });
    expect(stderr).toMatch(
      /^listen: .*\nThe call, caller left and agent right: .*b\.wav\nThe recording: .*b\.jsonl\nThe timeline: .*b\.html\n$/,
    );
  });

  it('prints drafts kept and dropped, and the barge-in', () => {
    expect(events.filter(({ type }) => type === 'EndOfTurn')).toHaveLength(2);
    expect(events.find(({ type }) => type === 'DraftDropped')).toMatchObject({ reason: 'resumed' });
    expect(events.find(({ type }) => type === 'ReplyStarted')).toMatchObject({ drafted: true });
    const cut = events.find((event) => event.type === 'ReplyEnded')!;
    expect(cut).toMatchObject({ interrupted: true });
    expect(cut.heardMs).toBeGreaterThan(0);
    expect(cut.heardMs).toBeLessThan(cut.audioMs);
  });

  it('writes every sample of the caller to the left channel', () => {
    expect(file.left.subarray(0, 48_000).every((sample, at) => sample === at % 1000)).toBe(true);
  });

  it('writes the heard audio of the agent to the right channel, silent from the cut to the next reply', () => {
    const cut = events.find(({ type }) => type === 'BargeIn')!;
    const [first, second] = events.filter(({ type }) => type === 'SpeechStarted');
    const { heardMs } = events.find((event) => event.type === 'ReplyEnded')!;
    const samples = (from: number, to: number) => file.right.subarray(from * 16, to * 16);
    const silent = (from: number, to: number) => samples(from, to).every((sample) => sample === 0);
    expect(silent(0, first!.at - 20)).toBe(true);
    expect(samples(first!.at + 20, cut.at - 20).filter((sample) => sample !== 0).length).toBeGreaterThan(3200);
    expect(silent(cut.at + 20, second!.at - 20)).toBe(true);
    expect(Math.abs(first!.at + heardMs - cut.at)).toBeLessThan(20);
  });
});

describe('sluice emulate', () => {
  it('prints its addresses, and serves until Ctrl-C', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'story.json'), JSON.stringify(story));
    const server = command(['emulate', '--scenario', 'story.json', '--key', 'k'], { cwd });
    const told = await server.says(/OPENAI_BASE_URL=(\S+)\n[^]*Ctrl-C/);
    expect(told).toMatch(/ {2}DEEPGRAM_BASE_URL=ws:\/\/127\.0\.0\.1:\d+\n {2}OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1\n/);
    const url = /OPENAI_BASE_URL=(\S+)/.exec(told)![1]!;
    const ask = (key: string) => fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}`, connection: 'close' } });
    expect([(await ask('k')).status, (await ask('x')).status]).toStrictEqual([200, 401]);
    server.child.kill('SIGINT');
    expect(await server.ends).toMatchObject({ code: 130, stderr: '' });
  });

  it('prints its addresses and then the requests of clients with --json', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'story.json'), JSON.stringify(story));
    const server = command(['emulate', '--scenario', 'story.json', '--json'], { cwd });
    const [first] = (await server.says(/\n/)).split('\n');
    const { kind, deepgramUrl, openaiUrl } = JSON.parse(first!) as Record<string, string>;
    expect(kind).toBe('listening');
    const call = ['run', recording(cwd, 0.5), '--quiet', '--deepgram-url', deepgramUrl!, '--openai-url', openaiUrl!];
    expect(await command(call, { cwd }).ends).toMatchObject({ code: 0 });
    server.child.kill('SIGINT');
    const { code, stdout } = await server.ends;
    const events = stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { kind: string; service: string });
    expect(code).toBe(130);
    expect(
      events
        .filter((event) => event.kind === 'upgrade')
        .map(({ service }) => service)
        .sort(),
    ).toStrictEqual(['listen', 'speak']);
    expect(events.filter(({ kind, service }) => kind === 'close' && service !== 'chat')).toHaveLength(2);
  });
});

describe('sluice', () => {
  it('prints its version and its help', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(await command(['--version']).ends).toStrictEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout } = await command(['run', '--help']).ends;
    const flags = [
      '--flux-model',
      '--eot',
      '--eager-eot',
      '--eot-timeout',
      '--keyterm',
      '--llm-model',
      '--voice',
      '--system',
      '--temperature',
    ];
    const more = ['--max-tokens', '--eager', '--deepgram-url', '--openai-url', '--speed', '--json', '--quiet', '-o'];
    expect(code).toBe(0);
    expect([...flags, ...more].filter((flag) => !stdout.includes(` ${flag} `) && !stdout.includes(` ${flag},`))).toStrictEqual(
      [],
    );
  });
});
