import { createServer, type AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import wavefile from 'wavefile';
import { emulator, type EmulatorOptions } from '../../src/emulator/server/server.ts';
import { scripted } from '../../src/emulator/scenario/index.ts';
import { command, folder, recording } from './sluiceProcess.ts';
import { sluice } from './sluiceInProcess.ts';

const root = resolve(import.meta.dirname, '../..');
const scenario = join(root, 'fixtures/calls/two-turns.json');

const refused = (code: number, line: string | RegExp) => ({
  code,
  stdout: '',
  stderr: typeof line === 'string' ? `sluice: ${line}\n` : (expect.stringMatching(line) as string),
});

describe('an invalid command line ends with 2 and one line', () => {
  it.each<[string, string[], string | RegExp]>([
    ['an unknown flag', ['run', 'a.wav', '--nix'], "unknown option '--nix'"],
    ['a misspelt flag', ['run', 'a.wav', '--voic', 'x'], "unknown option '--voic' (Did you mean --voice?)"],
    ['an unknown command', ['rnu'], "unknown command 'rnu' (Did you mean run?)"],
    ['no file', ['run'], "missing required argument 'file.wav'"],
    ['two files', ['run', 'a.wav', 'b.wav'], /^sluice: too many arguments for 'run'\..*\n$/],
    ['a file without a name', ['run', ''], /^sluice: .*It must not be empty\.\n$/],
    ['an output without a name', ['run', 'a.wav', '-o', ''], /^sluice: .*It must not be empty\.\n$/],
    ['stdout as the output', ['run', 'a.wav', '-o', '-'], '-o - (stdout) is not possible: name a file.'],
    [
      'a threshold that is not a number',
      ['run', 'a.wav', '--eot', 'x'],
      "option '--eot <confidence>' argument 'x' is invalid. It must be a number from 0.5 to 1.",
    ],
    [
      'a number out of range',
      ['run', 'a.wav', '--max-tokens', '0'],
      /^sluice: .*It must be a whole number from 1 to 100000\.\n$/,
    ],
    ['an empty keyterm', ['run', 'a.wav', '--keyterm', ' '], /^sluice: .*It must not be empty\.\n$/],
    ['an unknown depth', ['run', 'a.wav', '--eager', 'deep'], /^sluice: .*Allowed choices are off, text, speech\.\n$/],
    [
      'an invalid address',
      ['run', 'a.wav', '--openai-url', 'x'],
      'The flag --openai-url is invalid. It must be an address that begins with https:// or http://.',
    ],
    [
      'thresholds that clash',
      ['run', 'a.wav', '--eager-eot', '0.8'],
      '--eager-eot (0.8) must not be above --eot (0.7, its default).',
    ],
    ['an invalid port', ['emulate', '--port', '70000'], /^sluice: .*It must be a whole number from 0 to 65535\.\n$/],
    [
      'a scripted backend without a scenario',
      ['emulate', '--backend', 'scripted'],
      '--backend scripted needs --scenario <file>.',
    ],
    ['the old name of --backend', ['emulate', '--mind', 'scripted'], '--backend scripted needs --scenario <file>.'],
    [
      'a scenario for real engines',
      ['emulate', '--backend', 'local', '--scenario', scenario],
      /^sluice: --scenario needs --backend scripted.*\n$/,
    ],
  ])('%s', async (_, args, line) => {
    expect(await sluice(...args)).toStrictEqual(refused(2, line));
  });

  it('also as a process', async () => {
    expect(await command(['run', 'a.wav', '--nix']).ends).toStrictEqual(refused(2, "unknown option '--nix'"));
  });

  it('an invalid variable, also in .env', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, '.env'), 'SLUICE_EOT=high\n');
    expect(await command(['run', 'a.wav'], { cwd }).ends).toStrictEqual(
      refused(2, 'The variable SLUICE_EOT is invalid. It must be a number from 0.5 to 1.'),
    );
  });

  it('an invalid scenario', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'x.json'), '{\n  "flux": [{ "at": "soon" }]\n}\n');
    expect(await command(['emulate', '--scenario', 'x.json'], { cwd }).ends).toStrictEqual(
      refused(2, /^sluice: x\.json:2: flux\[0\].*\n$/),
    );
  });
});

describe('an unusable file ends with 1 and one line', () => {
  it.each<[string, (cwd: string) => void, string | RegExp]>([
    ['none', () => undefined, 'a.wav: no such file.'],
    ['a folder', (cwd) => mkdirSync(join(cwd, 'a.wav')), 'a.wav is a folder.'],
    ['an empty file', (cwd) => writeFileSync(join(cwd, 'a.wav'), ''), 'a.wav is not a WAV file: it is empty (0 bytes).'],
    [
      'a file that is not a WAV',
      (cwd) => writeFileSync(join(cwd, 'a.wav'), 'Hello.'),
      /^sluice: a\.wav is not a WAV file\. Convert it: ffmpeg .*\n$/,
    ],
    [
      'a WAV of another kind',
      (cwd) => {
        const file = new wavefile.WaveFile();
        file.fromScratch(1, 22_050, '32f', [0, 0]);
        writeFileSync(join(cwd, 'a.wav'), file.toBuffer());
      },
      /^sluice: a\.wav is 32-bit float, 1 channel, 22050 Hz\. .*ffmpeg .*\n$/,
    ],
  ])('%s', async (_, prepare, line) => {
    const cwd = folder();
    prepare(cwd);
    expect(await command(['run', 'a.wav'], { cwd }).ends).toStrictEqual(refused(1, line));
  });

  it('a scenario that does not exist', async () => {
    expect(await command(['emulate', '--scenario', 'x.json']).ends).toStrictEqual(refused(1, 'x.json: no such file.'));
  });

  it('an output that cannot be written', async () => {
    const cwd = folder();
    const outcome = await command(['run', recording(cwd, 1), '-o', join('call.wav', 'x.wav')], { cwd }).ends;
    expect(outcome).toStrictEqual(refused(1, /^sluice: .*call\.wav.*\n$/));
  });

  it('an output that is a folder', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'calls'));
    const outcome = await command(['run', recording(cwd, 1), '-o', 'calls'], { cwd }).ends;
    expect(outcome).toStrictEqual(refused(1, 'calls is a folder.'));
  });
});

const oneTurn = {
  flux: [
    { at: 200, message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'Hello' } },
    { at: 400, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'Hello.' } },
  ],
};

/** An emulator that plays a scenario, gone after the test; the flags and variables that lead to it. */
async function far(options: Partial<EmulatorOptions> = {}): Promise<{ flags: string[]; deepgram: string[]; openai: string[] }> {
  const server = await emulator({ backend: scripted(oneTurn), ...options });
  onTestFinished(() => server.close());
  const deepgram = ['--deepgram-url', server.deepgramUrl];
  const openai = ['--openai-url', server.openaiUrl];
  return { deepgram, openai, flags: [...deepgram, ...openai] };
}

const fails = (line: RegExp) => ({ code: 1, stderr: expect.stringMatching(line) as string });

describe('an unusable service ends with 1 and a hint', () => {
  it('a key that Deepgram refuses', async () => {
    const cwd = folder();
    const { flags } = await far({ key: 'right' });
    const env = { DEEPGRAM_API_KEY: 'planted-key-1', OPENAI_API_KEY: 'right' };
    const outcome = await command(['run', recording(cwd, 1), ...flags], { cwd, env }).ends;
    expect(outcome).toMatchObject(fails(/^sluice: Deepgram refused the key \(401\).*DEEPGRAM_API_KEY.*\n$/));
    expect(outcome.stdout + outcome.stderr).not.toContain('planted-key-1');
  });

  it('a key that the model refuses ends the call at its first reply', async () => {
    const cwd = folder();
    const { flags } = await far({ key: 'right' });
    const env = { DEEPGRAM_API_KEY: 'right', OPENAI_API_KEY: 'planted-key-1' };
    const outcome = await command(['run', recording(cwd, 60), ...flags], { cwd, env }).ends;
    expect(outcome).toMatchObject(fails(/^sluice: The model refused the key \(401\).*OPENAI_API_KEY.*\n$/));
    expect(outcome.stdout + outcome.stderr).not.toContain('planted-key-1');
  });

  it('an address that nobody answers, printed without its secrets', async () => {
    const cwd = folder();
    const { openai } = await far();
    const free = await freePort();
    const url = `ws://user:planted-key-1@127.0.0.1:${free}/?token=planted-key-1`;
    const outcome = await command(['run', recording(cwd, 1), ...openai, '--deepgram-url', url], { cwd }).ends;
    expect(outcome).toMatchObject(
      fails(new RegExp(`^sluice: No connection to Deepgram: connect ECONNREFUSED .* \\(ws://127\\.0\\.0\\.1:${free}\\)\\.\n$`)),
    );
    expect(outcome.stdout).not.toContain('silent');
    expect(outcome.stdout + outcome.stderr).not.toContain('planted-key-1');
  });

  it('an unknown voice', async () => {
    const cwd = folder();
    const { flags } = await far();
    const outcome = await command(['run', recording(cwd, 60), ...flags, '--voice', 'nobody'], { cwd }).ends;
    expect(outcome).toMatchObject(fails(/^sluice: Deepgram refused the connection \(400\): .*nobody\.\n$/));
  });

  it('a model address that nobody answers', async () => {
    const cwd = folder();
    const { deepgram } = await far();
    const free = await freePort();
    const url = `http://127.0.0.1:${free}/v1`;
    const outcome = await command(['run', recording(cwd, 60), ...deepgram, '--openai-url', url], { cwd }).ends;
    expect(outcome).toMatchObject(fails(new RegExp(`^sluice: No connection to the model: ECONNREFUSED \\(${url}\\)\\.\n$`)));
  });

  it('a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((ready) => taken.once('listening', ready));
    const { port } = taken.address() as AddressInfo;
    const outcome = await command(['emulate', '--scenario', scenario, '--port', String(port)]).ends;
    expect(outcome).toStrictEqual(refused(1, `Port ${port} is taken. Choose another one, or 0 for any.`));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe('a recording without a turn ends with 0 and one line', () => {
  it('without audio', async () => {
    const cwd = folder();
    expect(await command(['run', recording(cwd, 0)], { cwd }).ends).toStrictEqual({
      code: 0,
      stdout: '',
      stderr: 'call.wav contains no audio: there is no turn in it.\n',
    });
  });

  it('of silence', async () => {
    const cwd = folder();
    const { flags } = await far();
    const outcome = await command(['run', recording(cwd, 0.1), ...flags], { cwd }).ends;
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('No turn was found in call.wav: it is silent or contains no speech.\n');
  });
});
