import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import type { Fault } from '../../src/emulator/faults/fault.ts';
import { scripted, type FluxRow, type Scenario } from '../../src/emulator/scenario/index.ts';
import { emulator } from '../../src/emulator/server/server.ts';
import { command, folder, recording, type Finally } from '../cli/sluiceProcess.ts';

const turn = (at: number, event: string, turn_index: number, transcript: string): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** Two turns. After 880 ms, in the first of them, `lost` has Flux's connection taken: the next one hears the turn again. */
const story = (lost: boolean): Scenario => ({
  flux: [
    turn(400, 'StartOfTurn', 0, 'Book'),
    ...(lost ? [turn(960, 'StartOfTurn', 0, 'Book')] : []),
    turn(1200, 'EndOfTurn', 0, 'Book a table.'),
    turn(2800, 'StartOfTurn', 1, 'For two'),
    turn(3200, 'EndOfTurn', 1, 'For two.'),
  ],
  model: { firstTokenMs: 20, tokenMs: 5, replies: ['How many? Say it.', 'Sure. Bye.'] },
  speech: { firstAudioMs: 20, msPerChar: 20 },
});
const seconds = 3.6;

interface Ran {
  readonly code: number | null;
  /** The lines of stderr except the usual ones. */
  readonly errors: readonly string[];
  /** `stage code`, with `final` if the call did not recover. */
  readonly failures: readonly string[];
  readonly said: readonly string[];
  /** Whether the header of the recording has the right sizes. */
  readonly isWhole: boolean;
}

/** Lets Node print warnings and unhandled rejections. */
const env = { NODE_OPTIONS: '--unhandled-rejections=strict --trace-warnings' };

/**
 * Runs the command against an emulator with these faults, until it ends by itself. Each of the concurrent tests passes its
 * `onTestFinished` as `after`.
 */
async function run(faults: readonly Fault[], lost: boolean, after: Finally): Promise<Ran> {
  const cwd = folder(after);
  const server = await emulator({ backend: scripted(story(lost)), faults });
  after(() => server.close());
  const flags = ['--deepgram-url', server.deepgramUrl, '--openai-url', server.openaiUrl, '--json'];
  const { code, stdout, stderr } = await command(['run', recording(cwd, seconds), ...flags], { cwd, env, after }).ends;
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AgentEvent);
  return {
    code,
    errors: stderr.split('\n').filter((line) => !/^(?:listen: |The call, |The recording: |The timeline: |$)/u.test(line)),
    failures: events
      .flatMap((event) => (event.type === 'Failure' ? [`${event.stage} ${event.code}${event.recovered ? '' : ' final'}`] : []))
      .sort(),
    said: events.flatMap((event) => (event.type === 'ReplyEnded' ? [event.heard] : [])),
    isWhole: isWhole(join(cwd, 'out/call.wav')),
  };
}

/** Whether the sizes in a WAV's header are those of the file. */
function isWhole(path: string): boolean {
  const bytes = readFileSync(path);
  const named = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 36, 40) === 'data';
  return named && bytes.readUInt32LE(4) === bytes.length - 8 && bytes.readUInt32LE(40) === bytes.length - 44;
}

const well = { code: 0, errors: [], failures: [], said: ['How many? Say it.', 'Sure. Bye.'], isWhole: true };
const inTurn = { after: 'StartOfTurn', afterMs: 400, connection: 0 } as const;
const inReply = { after: 'Flushed', afterMs: 5, connection: 0 } as const;

describe.concurrent('sluice run with faulty services', { timeout: 60_000 }, () => {
  it('is not affected by unusual but harmless messages', async ({ onTestFinished }) => {
    const services = ['listen', 'speak', 'chat'] as const;
    const each = services.flatMap((service): readonly Fault[] => [
      { service, kind: 'unknown', afterMessages: 2 },
      { service, kind: 'latency', ms: 10 },
      { service, kind: 'slow', ms: 30 },
      { service, kind: 'split' },
    ]);
    const sockets = [
      { service: 'listen', kind: 'malformed', afterMessages: 1 },
      { service: 'speak', kind: 'malformed', afterMessages: 1 },
      { service: 'listen', kind: 'duplicate', of: 'EndOfTurn' },
      { service: 'speak', kind: 'duplicate', of: 'Flushed' },
      { service: 'listen', kind: 'missing', of: 'EndOfTurn', field: 'trigger' },
      { service: 'listen', kind: 'late', of: 'EndOfTurn', ms: 20 },
      { service: 'speak', kind: 'late', of: 'Flushed', ms: 20 },
      { service: 'speak', kind: 'stale' },
      { service: 'speak', kind: 'odd' },
      { service: 'listen', kind: 'stall', after: 'StartOfTurn', forMs: 100 },
    ] as const;
    const body = [
      { service: 'chat', kind: 'crlf' },
      { service: 'chat', kind: 'comments' },
      { service: 'chat', kind: 'join' },
      { service: 'chat', kind: 'stall', afterMessages: 1, forMs: 100 },
    ] as const;

    expect(await run([...each, ...sockets, ...body], false, onTestFinished)).toEqual(well);
  });

  it.for<readonly [string, readonly [Fault, Fault, Fault], readonly string[]]>([
    [
      'are reset',
      [
        { service: 'listen', kind: 'drop', ...inTurn },
        { service: 'speak', kind: 'drop', ...inReply },
        { service: 'chat', kind: 'drop', connection: 0 },
      ],
      ['listen closed', 'speak closed', 'think unreachable'],
    ],
    [
      'close or end',
      [
        { service: 'listen', kind: 'close', code: 1011, ...inTurn },
        { service: 'speak', kind: 'close', code: 1008, ...inReply },
        { service: 'chat', kind: 'end', connection: 0 },
      ],
      ['listen closed', 'speak closed', 'think truncated'],
    ],
    [
      'fail or fall silent',
      [
        { service: 'listen', kind: 'error', code: 'NET-0001', ...inTurn },
        { service: 'speak', kind: 'stall', connection: 0, after: 'Flushed', afterMessages: 3 },
        { service: 'chat', kind: 'error', connection: 0 },
      ],
      ['listen NET-0001', 'speak silent', 'think failed'],
    ],
  ])('answers both turns in full when the services %s', async ([, faults, failures], { onTestFinished }) => {
    expect(await run(faults, true, onTestFinished)).toEqual({ ...well, failures });
  });

  it('answers both turns in full when the services refuse at first', async ({ onTestFinished }) => {
    const faults = [
      { service: 'listen', kind: 'refuse', status: 503, connection: 0 },
      { service: 'speak', kind: 'refuse', status: 429, connection: 0 },
      { service: 'chat', kind: 'refuse', status: 429, retryAfterMs: 50, connection: 0 },
    ] as const;

    expect(await run(faults, false, onTestFinished)).toEqual({
      ...well,
      failures: ['listen refused', 'speak busy', 'think busy'],
    });
  });

  it('speaks the refusal of the model and answers the next turn', async ({ onTestFinished }) => {
    const fault: Fault = { service: 'chat', kind: 'finish', reason: 'content_filter', connection: 0 };

    expect(await run([fault], false, onTestFinished)).toEqual({
      ...well,
      failures: ['think filtered'],
      said: ['I heard you say: Book a table.', 'Sure. Bye.'],
    });
  });

  const key = 'Deepgram refused the key (401): Invalid credentials. Check DEEPGRAM_API_KEY (the option apiKey).';
  const modelKey = 'The model refused the key (401). Check OPENAI_API_KEY (the option apiKey).';
  const credit = 'Deepgram refused the connection (402): Project does not have enough credits. Check the credit of the project.';
  it.for<readonly [string, readonly Fault[], Omit<Ran, 'code' | 'isWhole'>]>([
    [
      'Flux refuses the key',
      [{ service: 'listen', kind: 'refuse', status: 401 }],
      { errors: [`sluice: ${key}`], failures: ['listen unauthorized final'], said: [] },
    ],
    [
      'Flux is lost in a turn and then refuses the key',
      [
        { service: 'listen', kind: 'drop', ...inTurn },
        { service: 'listen', kind: 'refuse', status: 401, connection: 1 },
      ],
      { errors: [`sluice: ${key}`], failures: ['listen closed', 'listen unauthorized final'], said: [] },
    ],
    [
      'Flux cannot read a message',
      [{ service: 'listen', kind: 'error', code: 'UNPARSABLE_CLIENT_MESSAGE', ...inTurn }],
      {
        errors: ['sluice: Flux failed (UNPARSABLE_CLIENT_MESSAGE): A fault says so.'],
        failures: ['listen UNPARSABLE_CLIENT_MESSAGE final'],
        said: [],
      },
    ],
    [
      'Aura has no credit',
      [{ service: 'speak', kind: 'refuse', status: 402 }],
      { errors: [`sluice: ${credit}`], failures: ['speak payment final'], said: [] },
    ],
    [
      'the model refuses the key',
      [{ service: 'chat', kind: 'refuse', status: 401 }],
      { errors: [`sluice: ${modelKey}`], failures: ['think unauthorized final'], said: [] },
    ],
  ])(
    'prints one line, exits with 1 and completes the recording when %s',
    async ([, faults, { errors, failures, said }], { onTestFinished }) => {
      expect(await run(faults, true, onTestFinished)).toEqual({ code: 1, errors, failures, said, isWhole: true });
    },
  );
});
