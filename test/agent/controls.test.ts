import { describe, expect, it } from 'vitest';
import type { AgentEvent, Message } from '../../operators/events.ts';
import type { FluxRow, Scenario } from '../../src/emulator/scenario/scenario.ts';
import { simulate, type Result } from '../../src/testing/index.ts';

type Event = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';

const row = (at: number, event: Event, transcript: string, turn_index = 0): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});
/** A turn of "hi" that ends at 500; its reply sounds from 820 on (200 ms to the one token, 120 ms to the sound). */
const hi = [row(100, 'StartOfTurn', 'hi'), row(500, 'EndOfTurn', 'hi')];
/** 60 ms a character: 1.8 s. */
const long = { replies: ['Well, that is a long story now.'] };
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });

const told = ({ events }: Result, ...types: AgentEvent['type'][]) =>
  events.filter(({ type }) => types.includes(type)).map(({ type, at }) => `${type}@${at}`);
const the = <T extends AgentEvent['type']>({ events }: Result, type: T, n = 0) =>
  events.filter((event): event is AgentEvent & { readonly type: T } => event.type === type)[n];
const run = (scenario: Scenario) => {
  const call = simulate(scenario);
  expect(call.violations).toEqual([]);
  return call;
};

describe('a call', () => {
  it('begins with the greeting, which the caller may interrupt', () => {
    const call = run({
      agent: { greeting: 'Hello, how may I help you today?' },
      flux: [row(1000, 'StartOfTurn', 'hi'), row(1400, 'EndOfTurn', 'hi')],
    });

    expect(the(call, 'ReplyStarted')).toMatchObject({ at: 0, reply: 1, drafted: false });
    expect(the(call, 'ReplyStarted')).not.toHaveProperty('turn');
    expect(told(call, 'SpeechStarted', 'BargeIn')).toEqual(['SpeechStarted@120', 'BargeIn@1000', 'SpeechStarted@1720']);
    expect(call.requests[0]?.messages.at(-2)).toMatchObject({ role: 'assistant', interrupted: true });
  });

  it('hears a protected greeting out, and then answers all that was said over it at once', () => {
    const call = run({
      agent: { greeting: { text: 'This call is recorded.', protect: true } },
      flux: [
        row(300, 'StartOfTurn', 'hi'),
        row(500, 'EndOfTurn', 'hi'),
        row(700, 'StartOfTurn', 'you', 1),
        row(900, 'EndOfTurn', 'you there', 1),
      ],
    });
    const end = the(call, 'ReplyEnded')?.at ?? 0;

    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'This call is recorded.', interrupted: false });
    expect(told(call, 'BargeIn')).toEqual([]);
    expect(told(call, 'TurnTaken', 'ReplyStarted')).toEqual([
      'ReplyStarted@0',
      `TurnTaken@${end}`,
      `TurnTaken@${end}`,
      `ReplyStarted@${end}`,
    ]);
    expect(call.history).toEqual([assistant('This call is recorded.'), user('hi'), user('you there'), assistant('Sure.')]);
  });

  it('says what it is told to after the reply in progress', () => {
    const call = run({ flux: hi, controls: [{ at: 600, say: 'One moment.' }] });

    expect(call.history).toEqual([user('hi'), assistant('Sure.'), assistant('One moment.')]);
    expect(the(call, 'ReplyStarted', 1)?.at).toBe(the(call, 'ReplyEnded', 0)?.at);
  });

  it('says what it is told to after the turn in progress and its reply', () => {
    const call = run({ flux: hi, controls: [{ at: 300, say: 'One moment.' }] });

    expect(call.history).toEqual([user('hi'), assistant('Sure.'), assistant('One moment.')]);
  });

  it('stops the reply when told to', () => {
    const call = run({ flux: hi, model: long, controls: [{ at: 1500, interrupt: true }] });

    expect(the(call, 'ReplyEnded')).toMatchObject({ at: 1500, interrupted: true });
    expect(call.history.at(-1)).toMatchObject({ interrupted: true });
  });

  it('answers typed text, which cuts at once', () => {
    const call = run({
      agent: { bargeIn: { minWords: 9 } },
      flux: hi,
      model: long,
      controls: [{ at: 1500, text: 'Stop that.' }],
    });

    expect(the(call, 'BargeIn')?.at).toBe(1500);
    expect(the(call, 'TurnTaken', 1)).toMatchObject({ at: 1500, turn: 'text:0', text: 'Stop that.' });
    expect(call.requests[1]?.messages.at(-1)).toEqual(user('Stop that.'));
  });

  it('does not let typed text cut what is protected', () => {
    const call = run({
      agent: { greeting: { text: 'This call is recorded.', protect: true } },
      controls: [{ at: 500, text: 'Stop.' }],
      endAt: 3000,
    });

    expect(the(call, 'TurnTaken')?.at).toBe(the(call, 'ReplyEnded')?.at);
    expect(call.history).toEqual([assistant('This call is recorded.'), user('Stop.'), assistant('Sure.')]);
  });

  it('protects what it says after a reply that it was told to stop', () => {
    const call = run({
      flux: [...hi, row(1500, 'StartOfTurn', 'no', 1), row(1700, 'EndOfTurn', 'no', 1)],
      controls: [
        { at: 510, say: 'This call is recorded, please hold the line.', protect: true },
        { at: 600, interrupt: true },
      ],
    });

    expect(told(call, 'BargeIn')).toEqual([]);
    expect(the(call, 'ReplyEnded', 1)).toMatchObject({
      heard: 'This call is recorded, please hold the line.',
      interrupted: false,
    });
  });

  it('ends the turn in progress when told to', () => {
    const call = run({
      flux: [row(100, 'StartOfTurn', 'hi'), row(300, 'Update', 'hi there')],
      controls: [{ at: 400, forceEndTurn: true }],
      endAt: 2000,
    });

    expect(the(call, 'EndOfTurn')).toMatchObject({ at: 400, transcript: 'hi there', trigger: 'manual' });
  });

  it('hands settings on to the recogniser', () => {
    const call = run({ flux: hi, controls: [{ at: 50, configure: { eotThreshold: 0.8 } }] });

    expect(the(call, 'Configured')).toMatchObject({ at: 50, eotThreshold: 0.8 });
  });

  it('takes other options from the next decision on', () => {
    const flux = [...hi, row(1500, 'StartOfTurn', 'yeah', 1), row(1700, 'EndOfTurn', 'yeah', 1)];
    const before = run({ flux, model: long });
    const after = run({ flux, model: long, controls: [{ at: 1000, set: { bargeIn: { minWords: 2 } } }] });

    expect(told(before, 'BargeIn', 'TurnIgnored')).toEqual(['BargeIn@1500']);
    expect(told(after, 'BargeIn', 'TurnIgnored')).toEqual(['TurnIgnored@1700']);
    expect(the(after, 'TurnIgnored')?.reason).toBe('minWords');
  });

  it('closes as if the audio had ended', () => {
    const call = run({
      flux: [row(100, 'StartOfTurn', 'hi'), row(9000, 'EndOfTurn', 'hi')],
      controls: [{ at: 500, close: true }],
    });

    expect(the(call, 'EndOfTurn')).toMatchObject({ transcript: 'hi', trigger: 'manual' });
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'Sure.', interrupted: false });
    expect(the(call, 'Closed')?.at).toBeLessThan(4000);
  });

  it('ends at once when it is hung up, and remembers what was heard', () => {
    const call = run({ flux: hi, model: long, controls: [{ at: 1500, hangUp: true }], endAt: 9000 });

    expect(told(call, 'ReplyEnded', 'Closed')).toEqual(['ReplyEnded@1500', 'Closed@1500']);
    expect(call.history.at(-1)).toMatchObject({ role: 'assistant', interrupted: true });
  });

  it('drops a draft when it is hung up', () => {
    const call = run({
      flux: [row(100, 'StartOfTurn', 'hi'), row(500, 'EagerEndOfTurn', 'hi')],
      controls: [{ at: 600, hangUp: true }],
      endAt: 9000,
    });

    expect(the(call, 'DraftDropped')).toMatchObject({ at: 600, reason: 'closed' });
    expect(call.requests).toMatchObject([{ abortedAt: 600 }]);
  });

  it('says that the caller is silent, once after a reply that was heard out', () => {
    const call = run({ agent: { idleMs: 1000 }, flux: hi, endAt: 9000 });

    expect(told(call, 'Idle')).toEqual([`Idle@${(the(call, 'ReplyEnded')?.at ?? 0) + 1000}`]);
  });

  it('does not say so when the caller talks', () => {
    const call = run({
      agent: { idleMs: 1000 },
      flux: [...hi, row(1500, 'StartOfTurn', 'and', 1), row(9000, 'EndOfTurn', 'and', 1)],
      endAt: 9100,
    });

    expect(told(call, 'Idle').length).toBeLessThanOrEqual(1);
    expect(the(call, 'Idle')?.at ?? Infinity).toBeGreaterThan(9000);
  });

  it('ignores its own echo when it guards against it', () => {
    const flux = [...hi, row(1500, 'StartOfTurn', 'that', 1), row(1700, 'EndOfTurn', 'that is a', 1)];
    const guarded = run({ agent: { echoGuard: true }, flux, model: long });

    expect(the(guarded, 'TurnIgnored')).toMatchObject({ turn: '0:1', reason: 'echo' });
    expect(told(guarded, 'BargeIn')).toEqual([]);
    expect(told(run({ flux, model: long }), 'BargeIn')).toEqual(['BargeIn@1500']);
  });

  it('knows its echo by the first sentence of a draft too', () => {
    const flux = [
      row(100, 'StartOfTurn', 'hi'),
      row(500, 'EagerEndOfTurn', 'hi'),
      row(1200, 'EndOfTurn', 'hi'),
      row(1500, 'StartOfTurn', 'that', 1),
      row(1700, 'EndOfTurn', 'that is a', 1),
    ];

    expect(the(run({ agent: { echoGuard: true }, flux, model: long }), 'TurnIgnored')).toMatchObject({
      turn: '0:1',
      reason: 'echo',
    });
  });

  it('asks for a reply anew that was cut in the tick in which it would have been heard, by a turn that comes to nothing', () => {
    const call = run({
      flux: [
        row(100, 'StartOfTurn', 'hi'),
        row(500, 'EagerEndOfTurn', 'hi'),
        row(1200, 'EndOfTurn', 'hi'),
        row(1200, 'StartOfTurn', '', 1),
        row(1400, 'EndOfTurn', '', 1),
      ],
    });

    expect(told(call, 'ReplyEnded', 'ReplyStarted').slice(0, 3)).toEqual([
      'ReplyStarted@1200',
      'ReplyEnded@1200',
      'ReplyStarted@1400',
    ]);
    expect(call.history).toEqual([user('hi'), assistant('Sure.')]);
  });

  it('pauses for a short word and goes on where it was, without an interruption in its history', () => {
    const call = run({
      agent: { bargeIn: { minWords: 2, resumeAfterMs: 5000 } },
      flux: [...hi, row(1500, 'StartOfTurn', 'uh', 1), row(1900, 'EndOfTurn', 'uh', 1)],
      model: long,
    });

    expect(told(call, 'SpeechPaused', 'SpeechResumed', 'TurnIgnored', 'BargeIn')).toEqual([
      'SpeechPaused@1500',
      'TurnIgnored@1900',
      'SpeechResumed@1900',
    ]);
    expect(call.history).toEqual([user('hi'), assistant('Well, that is a long story now.')]);
  });

  it('does not add up separate words of two turns', () => {
    const call = run({
      agent: { bargeIn: { minWords: 2 } },
      flux: [
        ...hi,
        row(1200, 'StartOfTurn', 'yeah', 1),
        row(1400, 'EndOfTurn', 'yeah', 1),
        row(1600, 'StartOfTurn', 'yeah', 2),
        row(1800, 'EndOfTurn', 'yeah', 2),
      ],
      model: long,
    });

    expect(told(call, 'BargeIn', 'TurnIgnored')).toEqual(['TurnIgnored@1400', 'TurnIgnored@1800']);
    expect(call.history).toHaveLength(2);
  });

  it('lets a cough before the reply not kill it', () => {
    const call = run({
      agent: { bargeIn: { minWords: 2 } },
      flux: [...hi, row(600, 'StartOfTurn', '', 1), row(1500, 'EndOfTurn', '', 1)],
    });

    expect(call.requests).toHaveLength(1);
    expect(told(call, 'SpeechStarted')[0]).toMatch(/^SpeechStarted@/u);
    expect(call.history.at(-1)).toEqual(assistant('Sure.'));
  });

  it('makes no more drafts in a turn than it may, nor in a turn that lasts too long', () => {
    const wavering = (n: number) =>
      Array.from({ length: n }, (_, k) => [
        row(500 + 400 * k, 'EagerEndOfTurn', `word ${k}`),
        row(700 + 400 * k, 'TurnResumed', `word ${k} and`),
      ]).flat();
    const flux = [row(100, 'StartOfTurn', 'word'), ...wavering(5), row(3000, 'EndOfTurn', 'words')];

    expect(told(run({ agent: { maxDrafts: 2 }, flux }), 'DraftStarted')).toEqual(['DraftStarted@500', 'DraftStarted@900']);
    expect(told(run({ agent: { maxDraftedTurnMs: 1000 }, flux }), 'DraftStarted')).toEqual([
      'DraftStarted@500',
      'DraftStarted@900',
    ]);
    expect(told(run({ agent: { maxDrafts: 2 }, flux }), 'ReplyStarted')).toEqual(['ReplyStarted@3000']);
  });
});
