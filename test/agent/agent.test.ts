import {
  concat,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  NEVER,
  of,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, Message, Speak, Thought } from '../../operators/events.ts';
import { speaker } from '../../src/audio/speaker.ts';
import type { FluxRow, Scenario } from '../../src/emulator/scenario/scenario.ts';
import { VoiceError, WireError } from '../../src/errors.ts';
import { agent } from '../../src/agent/agent.ts';
import type { Result } from '../../src/testing/result.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { turnEvent } from '../../src/testing/turns.ts';

type Event = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';

const row = (at: number, event: Event, transcript: string, turn_index = 0): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** "Sure, for how many?": 4 tokens from 700 ms on after an eager end at 500, the last at 760, then 120 ms to the first sound. */
const book: Scenario = {
  flux: [row(100, 'StartOfTurn', 'book'), row(500, 'EagerEndOfTurn', 'book a table'), row(900, 'EndOfTurn', 'Book a table.')],
  model: { replies: ['Sure, for how many?'] },
};

/** A reply of 4 s that turn 1 interrupts 1 s after it began to sound. */
const interrupted: Scenario = {
  flux: [
    row(100, 'StartOfTurn', 'tell'),
    row(500, 'EndOfTurn', 'Tell me a story.'),
    row(2000, 'StartOfTurn', 'no', 1),
    row(2400, 'EndOfTurn', 'No, thank you.', 1),
  ],
  model: { replies: ['Once upon a time there was a very small robot who wanted more.', 'All right.'] },
};

/** The events of some types, each as its type and time. */
const told = ({ events }: Result, ...types: AgentEvent['type'][]) =>
  events.filter(({ type }) => types.includes(type)).map(({ type, at }) => `${type}@${at}`);
const at = ({ events }: Result, when: number) => events.filter((event) => event.at === when).map(({ type }) => type);
const the = <T extends AgentEvent['type']>({ events }: Result, type: T, n = 0) =>
  events.filter((event): event is AgentEvent & { readonly type: T } => event.type === type)[n];
const user = (content: string): Message => ({ role: 'user', content });

describe('the agent', () => {
  it('has the reply ready when the turn is sure, and lets it through in that tick', () => {
    const call = simulate(book);

    expect(at(call, 900)).toEqual(['EndOfTurn', 'TurnTaken', 'ReplyStarted', 'SpeechStarted']);
    expect(the(call, 'ReplyStarted')).toMatchObject({ turn: '0:0', reply: 1, drafted: true });
    expect(call.requests).toMatchObject([{ at: 500, draft: true, tokens: 4, endedAt: 760 }]);
  });

  it('puts the final wording of the turn into history, though the draft answered another', () => {
    expect(simulate(book).history).toEqual([user('Book a table.'), { role: 'assistant', content: 'Sure, for how many?' }]);
  });

  it("with eager 'text' writes the draft but does not speak it before the turn is sure", () => {
    const call = simulate(book, { options: { eager: 'text' } });

    expect(told(call, 'DraftStarted', 'Sentence', 'AudioStarted', 'SpeechStarted')).toEqual([
      'DraftStarted@500',
      'Sentence@900',
      'AudioStarted@1020',
      'SpeechStarted@1020',
    ]);
  });

  it("with eager 'off' asks once the turn is over", () => {
    const call = simulate(book, { options: { eager: 'off' } });

    expect(told(call, 'DraftStarted', 'ReplyStarted', 'SpeechStarted')).toEqual(['ReplyStarted@900', 'SpeechStarted@1280']);
    expect(call.requests).toMatchObject([{ at: 900, draft: false }]);
  });

  it('drops the draft and its request in the tick in which the turn resumes, and asks again', () => {
    const call = simulate({
      ...book,
      flux: [
        row(100, 'StartOfTurn', 'book'),
        row(500, 'EagerEndOfTurn', 'book a table'),
        row(730, 'TurnResumed', 'book a table for'),
        row(1000, 'EagerEndOfTurn', 'book a table for two'),
        row(1500, 'EndOfTurn', 'book a table for two'),
      ],
    });

    expect(at(call, 730)).toEqual(['TurnResumed', 'DraftDropped']);
    expect(the(call, 'DraftDropped')).toMatchObject({ turn: '0:0', reply: 1, reason: 'resumed', tokens: 2, characters: 0 });
    expect(call.requests).toMatchObject([
      { at: 500, tokens: 2, abortedAt: 730 },
      { at: 1000, tokens: 4, endedAt: 1260 },
    ]);
    expect(call.events.filter((event) => event.type === 'Token' && event.reply === 1 && event.at > 730)).toEqual([]);
    expect(call.history).toHaveLength(2);
  });

  it('stops in the tick in which the caller starts to talk, and remembers what was heard', () => {
    const call = simulate(interrupted);

    expect(at(call, 2000)).toEqual(['StartOfTurn', 'BargeIn', 'Latency', 'ReplyEnded']);
    const { heard, heardMs, audioMs, interrupted: cut } = the(call, 'ReplyEnded')!;
    expect(cut).toBe(true);
    expect(heardMs).toBeGreaterThan(0);
    expect(heardMs).toBeLessThan(audioMs);
    expect(`Once upon a time there was a very small robot who wanted more.`.startsWith(`${heard} `)).toBe(true);
    expect(call.requests[1]?.messages.slice(1)).toEqual([
      user('Tell me a story.'),
      { role: 'assistant', content: heard, interrupted: true },
      user('No, thank you.'),
    ]);
    expect(call.history.at(-1)).toEqual({ role: 'assistant', content: 'All right.' });
  });

  it('answers two turns with one reply when the first was not yet heard', () => {
    const call = simulate({
      flux: [
        row(100, 'StartOfTurn', 'book'),
        row(500, 'EndOfTurn', 'Book a table.'),
        row(600, 'StartOfTurn', 'for', 1),
        row(1000, 'EndOfTurn', 'For two.', 1),
      ],
    });

    expect(at(call, 600)).toEqual(['StartOfTurn', 'Latency', 'ReplyEnded']);
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: '', heardMs: 0, interrupted: true });
    expect(call.requests).toMatchObject([{ at: 500, abortedAt: 600 }, { at: 1000 }]);
    expect(call.requests[1]?.messages.slice(1)).toEqual([user('Book a table.'), user('For two.')]);
    expect(call.history).toEqual([user('Book a table.'), user('For two.'), { role: 'assistant', content: 'Sure.' }]);
  });

  it('answers the turn before after all when the one that cancelled its reply comes to nothing', () => {
    const call = simulate({
      flux: [
        row(100, 'StartOfTurn', 'book'),
        row(500, 'EndOfTurn', 'Book a table.'),
        row(600, 'StartOfTurn', '', 1),
        row(1000, 'EndOfTurn', '', 1),
      ],
    });

    expect(told(call, 'TurnTaken', 'TurnIgnored', 'ReplyStarted')).toEqual([
      'TurnTaken@500',
      'ReplyStarted@500',
      'TurnIgnored@1000',
      'ReplyStarted@1000',
    ]);
    expect(call.history).toEqual([user('Book a table.'), { role: 'assistant', content: 'Sure.' }]);
  });

  it('answers a turn once, though its end comes twice', () => {
    const call = simulate({ flux: [row(100, 'StartOfTurn', 'hi'), row(500, 'EndOfTurn', 'hi'), row(700, 'EndOfTurn', 'hi')] });

    expect(told(call, 'EndOfTurn', 'ReplyStarted')).toEqual(['EndOfTurn@500', 'ReplyStarted@500']);
  });

  it('ends an open turn when the audio ends, answers it, and closes when the reply was heard', () => {
    const call = simulate({ flux: [row(100, 'StartOfTurn', 'book'), row(500, 'EagerEndOfTurn', 'book a table')], endAt: 600 });

    expect(the(call, 'EndOfTurn')).toMatchObject({ transcript: 'book a table', trigger: 'manual' });
    expect(the(call, 'ReplyStarted')).toMatchObject({ drafted: true });
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'Sure.', interrupted: false });
    expect(call.events.at(-1)?.type).toBe('Closed');
    expect(call.violations).toEqual([]);
  });

  it('withdraws a draft whose turn does not end in time', () => {
    const call = simulate({
      flux: [row(100, 'StartOfTurn', 'book'), row(500, 'EagerEndOfTurn', 'book'), row(9000, 'EndOfTurn', 'book')],
    });

    expect(the(call, 'DraftDropped')).toMatchObject({ at: 6500, reason: 'timeout' });
    expect(the(call, 'ReplyStarted')).toMatchObject({ at: 9000, drafted: false });
  });

  it('says nothing of a draft that failed, and asks anew', () => {
    const call = simulate({ ...book, model: { replies: [{ say: 'Sure.', status: 500, times: 1 }] } });

    expect(the(call, 'DraftDropped')).toMatchObject({ reason: 'failed' });
    expect(told(call, 'Failure')).toEqual([]);
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'Sure.' });
  });

  it('says the fallback line when the model fails, and a failure', () => {
    const call = simulate({ ...book, model: { replies: [{ say: 'Sure.', status: 500 }] } });

    expect(the(call, 'Failure')).toMatchObject({ stage: 'think', code: 'failed', recovered: true });
    expect(the(call, 'ReplyEnded')).toMatchObject({
      text: 'I heard you say: Book a table.',
      heard: 'I heard you say: Book a table.',
    });
  });

  it('says what was whole when the model fails in the middle', () => {
    const call = simulate({
      flux: [row(100, 'StartOfTurn', 'hi'), row(500, 'EndOfTurn', 'hi')],
      model: { replies: [{ say: 'It is open. Come at any time.', failAfterTokens: 5 }] },
    });

    expect(the(call, 'Failure')).toMatchObject({ stage: 'think', recovered: true });
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'It is open.', interrupted: false });
  });

  it('says the fallback line when the model answers nothing', () => {
    const call = simulate({ flux: [row(100, 'StartOfTurn', 'hi'), row(500, 'EndOfTurn', 'hi')], model: { replies: [' '] } });

    expect(the(call, 'Failure')).toMatchObject({ stage: 'think', code: 'empty' });
    expect(the(call, 'ReplyEnded')).toMatchObject({ heard: 'I heard you say: hi' });
  });

  it('says nothing when the model fails and there is no fallback line', () => {
    const call = simulate({ ...book, model: { replies: [{ say: '', status: 500 }] } }, { options: { fallbackLine: '' } });

    expect(the(call, 'ReplyEnded')).toMatchObject({ text: '', heard: '', interrupted: false });
    expect(call.history).toEqual([user('Book a table.')]);
  });

  it('waits no longer for the first token, the next token and the first sound than it may', () => {
    const flux = [row(100, 'StartOfTurn', 'hi'), row(500, 'EndOfTurn', 'hi')];
    const late = simulate({ flux, model: { firstTokenMs: 6000 } }, { options: { firstTokenMs: 1000 } });
    const stuck = simulate(
      { flux, model: { replies: [{ say: 'One two three.', stallAfterTokens: 2 }] } },
      { options: { tokenGapMs: 700 } },
    );
    const mute = simulate({ flux, speech: { stall: true } }, { options: { firstAudioMs: 2000 } });

    expect(the(late, 'Failure')).toMatchObject({ at: 1500, stage: 'think', code: 'first-token' });
    expect(the(stuck, 'Failure')).toMatchObject({ at: 500 + 220 + 700, stage: 'think', code: 'token-gap' });
    expect(the(mute, 'Failure')).toMatchObject({ at: 500 + 200 + 2000, stage: 'speak', code: 'first-audio' });
  });

  it('goes on without sound when the voice fails, and takes the next turn', () => {
    const broken: Speak = () => () => throwError(() => new VoiceError('first-audio', 'no sound'));
    const call = simulate(interrupted, { stages: { speak: broken } });

    expect(told(call, 'Failure', 'SpeechStarted')).toHaveLength(2);
    expect(the(call, 'Failure')).toMatchObject({ stage: 'speak', recovered: true });
    expect(call.events.filter(({ type }) => type === 'Token').length).toBeGreaterThan(10);
    expect(call.history).toEqual([user('Tell me a story.'), user('No, thank you.')]);
    expect(call.violations).toEqual([]);
  });

  it('goes on without sound when there is no voice to be had', () => {
    const refused = throwError(() => new WireError('unauthorized', 'no key'));
    const call = simulate(book, { stages: { speak: refused } });

    expect(the(call, 'Failure')).toMatchObject({ stage: 'speak', code: 'unauthorized', recovered: true });
    expect(call.violations).toEqual([]);
  });

  it('says why and errors when it cannot listen any more', () => {
    const deaf = new WireError('unauthorized', 'Deepgram refused the key.', { requestId: 'r1' });
    const call = simulate(book, { stages: { listen: () => throwError(() => deaf) } });

    expect(the(call, 'Failure')).toMatchObject({ stage: 'listen', code: 'unauthorized', requestId: 'r1', recovered: false });
    expect(call.events.at(-1)?.type).toBe('Failure');
    expect(call.violations).toEqual([]);
  });

  it('sends prompt, earlier messages and turns, through the context', () => {
    const hello: Message = { role: 'assistant', content: 'Hello.' };
    const call = simulate(book, { options: { system: 'Be brief.', messages: [hello], context: (all) => all.slice(-2) } });
    const whole = simulate(book, { options: { system: 'Be brief.', messages: [hello] } });

    expect(call.requests[0]?.messages).toEqual([hello, user('book a table')]);
    expect(whole.requests[0]?.messages).toEqual([{ role: 'system', content: 'Be brief.' }, hello, user('book a table')]);
  });

  it('numbers its events from 1 and names the cause of each before it', () => {
    const { events } = simulate(interrupted);

    expect(events.map(({ id }) => id)).toEqual(events.map((_, k) => k + 1));
    expect(events.every(({ id, cause }) => cause === undefined || cause < id)).toBe(true);
    const by = new Map(events.map((event) => [event.id, event]));
    const cause = (type: AgentEvent['type'], n = 0) => by.get(events.filter((event) => event.type === type)[n]?.cause ?? 0);
    expect(cause('TurnTaken')).toMatchObject({ type: 'EndOfTurn', turn: '0:0' });
    expect(cause('ReplyStarted')).toMatchObject({ type: 'TurnTaken', turn: '0:0' });
    expect(cause('BargeIn')).toMatchObject({ type: 'StartOfTurn', turn: '0:1' });
    expect(cause('ReplyEnded')).toMatchObject({ type: 'BargeIn' });
    expect(cause('StartOfTurn')).toBeUndefined();
  });

  it('measures each reply', () => {
    expect(the(simulate(book), 'Latency')).toMatchObject({
      turn: '0:0',
      reply: 1,
      eager: 500,
      endOfTurn: 900,
      firstToken: 700,
      firstAudio: 880,
      firstSound: 900,
    });
  });

  it('closes also when the audio is over before anybody listens', () => {
    const types: string[] = [];
    const mute: Speak = () => ignoreElements();

    EMPTY.pipe(agent({ listen: ignoreElements(), think: () => NEVER, speak: mute, play: speaker() })).subscribe(({ type }) =>
      types.push(type),
    );

    expect(types).toEqual(['Closed']);
  });

  it('stops everything in the tick in which it is unsubscribed', () => {
    const live = { requests: 0, voices: 0, players: 0 };
    const counted = <T>(what: keyof typeof live): MonoTypeOperatorFunction<T> => {
      const count = (by: number) => () => {
        live[what] += by;
      };
      return (source) => source.pipe(tap({ subscribe: count(1) }), finalize(count(-1)));
    };
    new TestScheduler(() => undefined).run(({ flush }) => {
      const heard: AgentEvent[] = [];
      const call = NEVER.pipe(
        agent({
          listen: () => timer(10).pipe(map(() => turnEvent('EndOfTurn', 'hi'))),
          think: () => concat(of<Thought>({ type: 'Token', text: 'Hello. And ' }), NEVER).pipe(counted('requests')),
          speak: concat(
            of<Speak>(() => ignoreElements()),
            NEVER,
          ).pipe(counted('voices')),
          play: (cues) => (speech) => speech.pipe(speaker()(cues), counted('players')),
        }),
      );
      const subscription = call.subscribe((event) => heard.push(event));
      timer(50).subscribe(() => {
        expect(live).toEqual({ requests: 1, voices: 1, players: 1 });
        subscription.unsubscribe();
        expect(live).toEqual({ requests: 0, voices: 0, players: 0 });
        heard.length = 0;
      });
      flush();
      expect(heard).toEqual([]);
    });
  });
});
