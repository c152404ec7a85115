import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import { CallModel } from '../../src/timeline/page/callModel.ts';
import { Clock, clock } from '../../src/timeline/page/clock.ts';
import { between, Ordered } from '../../src/timeline/page/ordered.ts';
import type { Picture } from '../../src/timeline/picture.ts';

const turn = { turn: '0:0', words: [], confidence: 0.5, audioEndMs: 0 };
const events: readonly AgentEvent[] = [
  { id: 1, at: 500, type: 'StartOfTurn', ...turn, transcript: 'book' },
  { id: 2, at: 900, type: 'EagerEndOfTurn', ...turn, transcript: 'book a table', cause: 1 },
  { id: 3, at: 900, type: 'DraftStarted', turn: '0:0', reply: 1, cause: 2 },
  { id: 4, at: 1000, type: 'TurnResumed', ...turn, transcript: 'book a table for', cause: 2 },
  { id: 5, at: 1000, type: 'DraftDropped', turn: '0:0', reply: 1, reason: 'resumed', tokens: 0, characters: 0, cause: 4 },
  {
    id: 6,
    at: 1600,
    type: 'EagerEndOfTurn',
    ...turn,
    transcript: 'book a table for two',
    words: [
      { word: 'book', confidence: 1, from: 300, to: 500 },
      { word: 'two', confidence: 1, from: 1200, to: 1400 },
    ],
    cause: 4,
  },
  { id: 7, at: 1600, type: 'DraftStarted', turn: '0:0', reply: 2, cause: 6 },
  { id: 8, at: 1700, type: 'Token', reply: 2, text: 'For', cause: 7 },
  { id: 9, at: 1750, type: 'Token', reply: 2, text: ' two.', cause: 8 },
  {
    id: 10,
    at: 1900,
    type: 'EndOfTurn',
    ...turn,
    transcript: '',
    words: [{ word: 'two', confidence: 1, from: 1200, to: 1400 }],
    audioEndMs: 1800,
    cause: 6,
  },
  { id: 11, at: 1900, type: 'TurnTaken', turn: '0:0', text: 'book a table for two', cause: 10 },
  { id: 12, at: 1900, type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: true, cause: 11 },
  { id: 13, at: 1950, type: 'SpeechStarted', reply: 2, cause: 12 },
  { id: 14, at: 2150, type: 'Heard', reply: 2, heardMs: 200, text: 'For', cause: 13 },
  {
    id: 15,
    at: 2400,
    type: 'ReplyEnded',
    reply: 2,
    text: 'For two.',
    heard: 'For two.',
    heardMs: 450,
    audioMs: 450,
    interrupted: false,
  },
  {
    id: 16,
    at: 2400,
    type: 'Latency',
    turn: '0:0',
    reply: 2,
    endOfSpeech: 1400,
    eager: 1600,
    endOfTurn: 1900,
    firstToken: 1700,
    firstAudio: 1800,
    firstSound: 1950,
    cause: 15,
  },
  { id: 17, at: 2500, type: 'TurnTaken', turn: 'text:0', text: 'typed' },
  { id: 18, at: 2500, type: 'ReplyStarted', turn: 'text:0', reply: 3, drafted: false, cause: 17 },
  { id: 19, at: 2600, type: 'Token', reply: 3, text: 'I' },
  { id: 20, at: 2650, type: 'Token', reply: 3, text: ' see.' },
  { id: 21, at: 2700, type: 'SpeechStarted', reply: 3 },
  { id: 22, at: 2900, type: 'Heard', reply: 3, heardMs: 200, text: 'I' },
];
const picture: Picture = {
  name: 'call',
  time: '2026-01-01T00:00:00.000Z',
  versions: { sluice: '0', node: '0' },
  durationMs: 3000,
  notes: [],
  events,
  policies: {},
  thresholds: [],
  controls: [],
  loudness: { stepMs: 20, caller: '', agent: '' },
  clock: [
    [100, 0],
    [1100, 1000],
  ],
};
const call = new CallModel(picture);

describe('CallModel', () => {
  it('lists drafts from their start to their end', () => {
    expect(call.drafts.all.map(({ from, to, started, ended }) => [started.reply, from, to, ended?.type])).toEqual([
      [1, 900, 1000, 'DraftDropped'],
      [2, 1600, 1900, 'ReplyStarted'],
    ]);
  });

  it('lists turns, typed ones too, with the last event that has words', () => {
    expect(call.turns.map(({ turn, from, to, last }) => [turn, from, to, last.transcript])).toEqual([
      ['0:0', 500, 1900, 'book a table for two'],
      ['text:0', 2500, 2500, 'typed'],
    ]);
  });

  it('places words of the caller by the audio, and words of the agent as they were heard', () => {
    expect(call.words.caller.all).toEqual([
      { text: 'book', from: 400, to: 600 },
      { text: 'two', from: 1300, to: 1500 },
      { text: 'typed', from: 2500, to: 2500 },
    ]);
    expect(call.words.agent.all).toEqual([
      { text: 'For', from: 1950, to: 2150 },
      { text: 'two.', from: 2150, to: 2400 },
      { text: 'I', from: 2700, to: 2900 },
    ]);
  });

  it('starts a bracket the end-of-turn delay before the end of the turn, measured on the audio clock', () => {
    expect(call.brackets.all.map(({ from, to, endOfSpeech, delay }) => [from, to, endOfSpeech, delay])).toEqual([
      [1500, 1950, 1500, 400],
    ]);
  });

  it('lists replies, also one that the recording breaks off in', () => {
    expect(
      call.replies.map(({ reply, turn, from, to, text, heard, isOver }) => [reply, turn, from, to, text, heard, isOver]),
    ).toEqual([
      [2, '0:0', 1900, 2400, 'For two.', 'For two.', true],
      [3, 'text:0', 2500, 3000, 'I see.', 'I', false],
    ]);
  });

  it('lists the first event of each turn, typed ones too', () => {
    expect(call.turnStarts.map(({ id }) => id)).toEqual([1, 17]);
  });

  it('lists when the model wrote, and the effects of an event', () => {
    expect(call.writing.all).toEqual([
      { reply: 2, from: 1600, to: 1750 },
      { reply: 3, from: 2500, to: 2650 },
    ]);
    expect(call.effects(4).map(({ id }) => id)).toEqual([5, 6]);
    expect(call.event(4)?.type).toBe('TurnResumed');
    expect(call.event(undefined)).toBeUndefined();
  });
});

describe('Ordered', () => {
  it('finds the spans that overlap an interval', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(100), fc.nat(40)).map(([from, ms]) => ({ from, to: from + ms })),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(spans, fc.nat(120), fc.nat(40), (all, from, ms) => {
        const to = from + ms;
        const found = new Ordered(all).within(from, to);
        const each = all.filter((span) => span.from <= to && span.to >= from).toSorted((one, other) => one.from - other.from);

        expect(found).toEqual(each);
      }),
    );
  });

  it('finds the events between two times, both included', () => {
    const all = [1, 2, 2, 3, 5].map((at) => ({ at }));

    expect(between(all, 2, 3)).toEqual([{ at: 2 }, { at: 2 }, { at: 3 }]);
    expect(between(all, 4, 4)).toEqual([]);
  });
});

describe('Clock', () => {
  it('converts between the clocks of call and sound, also outside the known points', () => {
    const fast = new Clock([
      [100, 0],
      [600, 2000],
    ]);

    expect([fast.soundAt(350), fast.soundAt(0), fast.soundAt(1100)]).toEqual([1000, 0, 4000]);
    expect(fast.callAt(1000)).toBe(350);
  });

  it('takes both clocks for equally fast if fewer than two points are known', () => {
    expect(new Clock([]).soundAt(1234)).toBe(1234);
    expect(new Clock([[100, 0]]).soundAt(1234)).toBe(1134);
  });

  it('prints minutes and seconds', () => {
    expect([clock(0), clock(2849), clock(59_960), clock(61_000, 0), clock(3_723_400)]).toEqual([
      '0:00.0',
      '0:02.8',
      '1:00.0',
      '1:01',
      '1:02:03.4',
    ]);
  });
});
