import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { RecordingError } from '../../src/errors.ts';
import { marbles } from '../../src/record/marbles.ts';
import { readRecording, type Recorded } from '../../src/record/file/readRecording.ts';
import { eventsOf, replay } from '../../src/record/replay/replay.ts';
import { reportOf } from '../../src/record/report.ts';
import { CallModel } from '../../src/timeline/page/callModel.ts';
import { pictureOf } from '../../src/timeline/picture.ts';
import { timeline } from '../../src/timeline/timeline.ts';
import { why } from '../../src/record/why.ts';
import { recorded } from '../record/recordedCall.ts';
import { damagedText, misshapen, nested, trying } from './fuzz.ts';
import { sluice } from '../cli/sluiceInProcess.ts';
import { said, story } from '../cli/sampleStory.ts';

/** A call of everything: a draft dropped, one kept, a reply cut, a control, a lost connection, a model that fails. */
const everything: Scenario = {
  ...story,
  flux: [...story.flux, { at: 4000, drop: true }, said(4500, 'StartOfTurn', 0, 'Fail'), said(4700, 'EndOfTurn', 0, 'Fail now.')],
  controls: [
    { at: 3000, say: 'One moment.' },
    { at: 3200, set: { bargeIn: { minWords: 2 } } },
  ],
  model: {
    ...story.model,
    replies: ['Going forward ten meters now.', { when: 'fail', say: '', status: 500 }, 'Stopped.'],
  },
};

const { lines } = recorded(everything, { options: { listen: { eotThreshold: 0.7 }, speak: { sampleRateHz: 16_000 } } });
const [header = '', ...rest] = lines;
const whole = lines.join('\n');

/** Every command that reads recordings, with its flags. Add new ones here. */
const commands: readonly (readonly [command: string, ...flags: string[]])[] = [
  ['replay'],
  ['replay', '--agent', '{"bargeIn":{"minWords":2}}'],
  ['replay', '--eot', '0.6', '--eager-eot', '0.4'],
  ['marbles', '--turn', '1'],
  ['marbles', '--test'],
  ['why', '7'],
  ['why', '40', '--json'],
  ['report'],
  ['tune'],
  ['timeline'],
];

const place = mkdtempSync(join(tmpdir(), 'sluice-'));
afterAll(() => rmSync(place, { recursive: true }));
const path = join(place, 'x.jsonl');

/** Runs a command on a file: it must print a result, or one line that names the file and the fault, and no internal error. */
async function outcomeOf(text: string, [command, ...flags]: (typeof commands)[number]) {
  writeFileSync(path, text);
  const { code, stdout, stderr } = await sluice(command, path, ...flags);
  const run = `${command} ${flags.join(' ')}: ${stderr}`;
  expect([0, 1, 2], run).toContain(code);
  expect(stderr, run).toMatch(/^(sluice: \S*x\.jsonl\S* .+\n|sluice: .+\n)*$/u);
  expect(stderr, run).not.toMatch(
    /undefined|null(?! or)|is not (a function|iterable)|Cannot|Invalid|Maximum|allocation|at \S+:\d+/u,
  );
  if (stdout === '') expect(stderr, run).not.toBe('');
  return { code, stdout, stderr };
}

/** Reads it with the library: only a RecordingError may be thrown. */
function readWithLibrary(text: string): void {
  let recording: Recorded;
  try {
    recording = readRecording(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
    return;
  }
  const events = eventsOf(recording.lines);
  reportOf([events]);
  marbles(recording);
  timeline(recording);
  new CallModel(pictureOf(recording, 'x'));
  for (const { id } of events) why(recording, id);
  try {
    replay(recording, { thresholds: { eotThreshold: 0.7, eagerEotThreshold: 0.5, eotTimeoutMs: 5000 } });
    replay(recording);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
  }
}

const line = (value: object) => JSON.stringify(value);
const event = (fields: object) => line({ at: 500, event: 'Update', id: 900, ...fields });
const turn = { turn: '0:0', transcript: 'a', words: [], confidence: 0.5, audioEndMs: 500 };

/** Hostile lines, added to a whole recording. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  'a huge time': [
    line({ at: 1e308, over: 'caller' }),
    line({ at: 2 ** 31 - 1, over: 'caller' }),
    line({ at: 2 ** 31 - 1, caller: 320, offset: 0 }),
  ],
  'a time before the call': [line({ at: -1, over: 'call' }), event({ at: -5 })],
  'times out of order': [
    line({ at: 0, over: 'call' }),
    line({ at: 1, got: 'listen:0', text: '{"type":"Connected"}' }),
    event({ at: 3, ...turn }),
  ],
  'huge audio': [
    line({ at: 10, caller: 16_777_216, offset: 0 }),
    line({ at: 10, caller: 9e15, offset: 1e300 }),
    line({ at: 10, got: 'speak:0', bytes: 16_777_216 }),
  ],
  'an event that is its own cause': [event({ ...turn, cause: 900 })],
  'causes in a circle': [event({ ...turn, cause: 901 }), event({ ...turn, id: 901, cause: 900 })],
  'a later cause': [event({ ...turn, cause: 4_000_000_000 })],
  'repeated ids': [event({ ...turn, id: 7 }), event({ ...turn, id: 7, cause: 7 }), event({ ...turn, id: 2 ** 53 - 1 })],
  'events of unknown types': [
    event({ event: '' }),
    event({ event: 'constructor' }),
    event({ event: '__proto__', id: 7 }),
    event({ event: 'toString', id: 40 }),
  ],
  'events without their fields': [
    'StartOfTurn',
    'EndOfTurn',
    'TurnTaken',
    'TurnIgnored',
    'DraftStarted',
    'DraftDropped',
    'ReplyStarted',
    'Token',
    'Sentence',
    'Heard',
    'SpeechPaused',
    'BargeIn',
    'ReplyEnded',
    'Latency',
    'Failure',
    'Reconnected',
    'Configured',
    'Warning',
  ].flatMap((event) => [line({ at: 500, event, id: 7 }), line({ at: 500, event, id: 40, turn: '0:0', reply: 1 })]),
  'events with fields of wrong types': ['EndOfTurn', 'ReplyEnded', 'Latency', 'Token', 'Failure', 'DraftDropped'].map((event) =>
    line({
      at: 500,
      event,
      id: 7,
      turn: 'x',
      reply: 1,
      transcript: 5,
      words: 'w',
      text: {},
      heard: [],
      usage: 3,
      reason: { toString: 1 },
      stage: [],
      tokens: 'x',
      heardMs: '1e9',
      endOfTurn: 'x',
    }),
  ),
  'a line of 10 MB': [line({ at: 5000, token: 0, text: ' a'.repeat(5_000_000) })],
  'a deeply nested text': [
    line({ at: 5000, got: 'listen:0', text: nested(20_000) }),
    line({ at: 5000, got: 'listen:1', text: `{"type":${nested(20_000)}}` }),
  ],
  'a deeply nested line': [
    `{"at":1,"event":"Update","id":7,"x":${nested(20_000)}}`,
    `{"at":1,"control":{"set":${'{"set":'.repeat(5000)}1${'}'.repeat(5000)}}}`,
  ],
  'keys of Object.prototype': [
    '{"__proto__":{"at":1,"over":"call"}}',
    '{"at":1,"event":"Update","id":7,"__proto__":null}',
    '{"at":1,"control":{"__proto__":{"set":{}}}}',
    '{"at":1,"control":{"set":{"__proto__":{"bargeIn":{"minWords":9}}}}}',
    '{"at":1,"constructor":1,"over":"call"}',
  ],
  'unknown connections': [
    line({ at: 1, open: 'listen:999999999' }),
    line({ at: 1, got: 'speak:77', text: '{"type":"Flushed"}' }),
    line({ at: 1, close: 'listen:4' }),
  ],
  'unknown requests': [
    line({ at: 1, token: 9e15, text: 'x' }),
    line({ at: 1, end: 77 }),
    line({ at: 1, request: 0, since: 9e15, messages: [] }),
    line({ at: 1, request: 1, messages: [{ role: 'user', content: '' }] }),
  ],
  'invalid controls': [
    line({ at: 1, control: {} }),
    line({ at: 1, control: { set: { idleMs: 1e-9 } } }),
    line({ at: 1, control: { say: '' } }),
    line({ at: 1, control: { configure: { eotThreshold: 9 } } }),
  ],
};

const headers: Readonly<Record<string, string>> = {
  'no version': header.replace('"version":1,', ''),
  'another version': header.replace('"version":1', '"version":2'),
  'a version that is a list': header.replace('"version":1', '"version":[1]'),
  'no time': header.replace(/"time":"[^"]*",/u, ''),
  'no options': header.replace(/"options":.*\}/u, '"x":1}'),
  'no audio': header.replace(/"audio":\{[^}]*\},/u, ''),
  'a rate of 0': header.replace('"sampleRateHz":16000', '"sampleRateHz":0'),
  'a rate of 384 kHz': header.replace('"sampleRateHz":16000', '"sampleRateHz":384000'),
  'another audio encoding': header.replace('linear16', 'opus'),
  'options of wrong types': header.replace(
    '"eotThreshold":0.7',
    '"eotThreshold":{},"eagerEotThreshold":"x","catchUp":1e308,"keyterms":5',
  ),
  'a voice with an invalid rate': header.replace(
    '"speak":{"sampleRateHz":16000}',
    '"speak":{"sampleRateHz":-1,"bitRate":{},"voice":[]}',
  ),
  'keys of Object.prototype': header.replace('"options":{', '"__proto__":{"x":1},"options":{"__proto__":{"agent":1},'),
  'an agent with odd options': header.replace('"agent":{', '"agent":{"idleMs":1e-9,"maxDrafts":0,"firstAudioMs":0,'),
};

describe('a damaged recording', () => {
  it('can be read by every command if it is whole', async () => {
    for (const command of commands) expect((await outcomeOf(whole, command)).stdout, command[0]).not.toBe('');
  });

  it.each(Object.entries(hostile))('is used, or refused in one line: %s', async (_, harm) => {
    const text = [header, ...harm, ...rest, ...harm].join('\n');
    readWithLibrary(text);
    for (const command of commands) await outcomeOf(text, command);
  });

  it.each(Object.entries(headers))('is used, or refused in one line: %s in its header', async (_, first) => {
    expect(first).not.toBe(header);
    const text = [first, ...rest].join('\n');
    readWithLibrary(text);
    for (const command of commands) await outcomeOf(text, command);
  });

  it('is used, or refused in one line, wherever it is cut or changed', async () => {
    const damage = fc.oneof(
      damagedText([whole]),
      fc
        .tuple(fc.nat(rest.length), misshapen(rest.map((text) => JSON.parse(text) as object)))
        .map(([at, row]) => [header, ...rest.with(Math.min(at, rest.length - 1), row)].join('\n')),
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom(...commands), async (text, command) => {
        readWithLibrary(text);
        await outcomeOf(text, command);
      }),
      trying(80),
    );
  });
});
