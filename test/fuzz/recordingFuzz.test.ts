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
import { Call } from '../../src/timeline/page/callModel.ts';
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

/** Every command that reads recordings, with what it is told beside the file. A new one belongs here. */
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

/** What a command says of such a file: a result, or one line that says which file and what of it, and never what broke in us. */
async function saysOf(text: string, [command, ...flags]: (typeof commands)[number]) {
  writeFileSync(path, text);
  const { code, stdout, stderr } = await sluice(command, path, ...flags);
  const told = `${command} ${flags.join(' ')}: ${stderr}`;
  expect([0, 1, 2], told).toContain(code);
  expect(stderr, told).toMatch(/^(sluice: \S*x\.jsonl\S* .+\n|sluice: .+\n)*$/u);
  expect(stderr, told).not.toMatch(
    /undefined|null(?! or)|is not (a function|iterable)|Cannot|Invalid|Maximum|allocation|at \S+:\d+/u,
  );
  if (stdout === '') expect(stderr, told).not.toBe('');
  return { code, stdout, stderr };
}

/** The same for the library. */
function used(text: string): void {
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
  new Call(pictureOf(recording, 'x'));
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

/** Lines that are JSON and mean harm, after a recording that is whole. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  'a time that is huge': [
    line({ at: 1e308, over: 'caller' }),
    line({ at: 2 ** 31 - 1, over: 'caller' }),
    line({ at: 2 ** 31 - 1, caller: 320, offset: 0 }),
  ],
  'a time before the call': [line({ at: -1, over: 'call' }), event({ at: -5 })],
  'times in disorder': [
    line({ at: 0, over: 'call' }),
    line({ at: 1, got: 'listen:0', text: '{"type":"Connected"}' }),
    event({ at: 3, ...turn }),
  ],
  'audio without end': [
    line({ at: 10, caller: 16_777_216, offset: 0 }),
    line({ at: 10, caller: 9e15, offset: 1e300 }),
    line({ at: 10, got: 'speak:0', bytes: 16_777_216 }),
  ],
  'an event that is its own cause': [event({ ...turn, cause: 900 })],
  'causes in a circle': [event({ ...turn, cause: 901 }), event({ ...turn, id: 901, cause: 900 })],
  'a cause to come': [event({ ...turn, cause: 4_000_000_000 })],
  'ids that are not alone': [event({ ...turn, id: 7 }), event({ ...turn, id: 7, cause: 7 }), event({ ...turn, id: 2 ** 53 - 1 })],
  'events of no known kind': [
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
  'events with fields of other kinds': ['EndOfTurn', 'ReplyEnded', 'Latency', 'Token', 'Failure', 'DraftDropped'].map((event) =>
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
  'a text that is nested deeply': [
    line({ at: 5000, got: 'listen:0', text: nested(20_000) }),
    line({ at: 5000, got: 'listen:1', text: `{"type":${nested(20_000)}}` }),
  ],
  'a line that is nested deeply': [
    `{"at":1,"event":"Update","id":7,"x":${nested(20_000)}}`,
    `{"at":1,"control":{"set":${'{"set":'.repeat(5000)}1${'}'.repeat(5000)}}}`,
  ],
  'keys of every object': [
    '{"__proto__":{"at":1,"over":"call"}}',
    '{"at":1,"event":"Update","id":7,"__proto__":null}',
    '{"at":1,"control":{"__proto__":{"set":{}}}}',
    '{"at":1,"control":{"set":{"__proto__":{"bargeIn":{"minWords":9}}}}}',
    '{"at":1,"constructor":1,"over":"call"}',
  ],
  'connections that never were': [
    line({ at: 1, open: 'listen:999999999' }),
    line({ at: 1, got: 'speak:77', text: '{"type":"Flushed"}' }),
    line({ at: 1, close: 'listen:4' }),
  ],
  'requests out of the blue': [
    line({ at: 1, token: 9e15, text: 'x' }),
    line({ at: 1, end: 77 }),
    line({ at: 1, request: 0, since: 9e15, messages: [] }),
    line({ at: 1, request: 1, messages: [{ role: 'user', content: '' }] }),
  ],
  'controls that are none': [
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
  'audio of another kind': header.replace('linear16', 'opus'),
  'options of other kinds': header.replace(
    '"eotThreshold":0.7',
    '"eotThreshold":{},"eagerEotThreshold":"x","catchUp":1e308,"keyterms":5',
  ),
  'a voice at no rate': header.replace('"speak":{"sampleRateHz":16000}', '"speak":{"sampleRateHz":-1,"bitRate":{},"voice":[]}'),
  'keys of every object': header.replace('"options":{', '"__proto__":{"x":1},"options":{"__proto__":{"agent":1},'),
  'an agent of every option': header.replace('"agent":{', '"agent":{"idleMs":1e-9,"maxDrafts":0,"firstAudioMs":0,'),
};

describe('a recording that is not as it should be', () => {
  it('is read by every command where it is whole', async () => {
    for (const command of commands) expect((await saysOf(whole, command)).stdout, command[0]).not.toBe('');
  });

  it.each(Object.entries(hostile))('is used or told of in a line: %s', async (_, harm) => {
    const text = [header, ...harm, ...rest, ...harm].join('\n');
    used(text);
    for (const command of commands) await saysOf(text, command);
  });

  it.each(Object.entries(headers))('is used or told of in a line: %s in its header', async (_, first) => {
    expect(first).not.toBe(header);
    const text = [first, ...rest].join('\n');
    used(text);
    for (const command of commands) await saysOf(text, command);
  });

  it('is used or told of in a line, wherever it is cut and whatever of it is changed', async () => {
    const damage = fc.oneof(
      damagedText([whole]),
      fc
        .tuple(fc.nat(rest.length), misshapen(rest.map((text) => JSON.parse(text) as object)))
        .map(([at, row]) => [header, ...rest.with(Math.min(at, rest.length - 1), row)].join('\n')),
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom(...commands), async (text, command) => {
        used(text);
        await saysOf(text, command);
      }),
      trying(80),
    );
  });
});
