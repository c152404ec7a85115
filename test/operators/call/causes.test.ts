import fc from 'fast-check';
import { from, map, timestamp, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { causes } from '../../../operators/call/causes.ts';
import type { AgentEvent, DropReason, CallEvent, IgnoreReason } from '../../../operators/events.ts';
import type { Timed } from '../../../operators/call/latency.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const turn = '0:0';
const taken = (of = turn): CallEvent => ({ type: 'TurnTaken', turn: of, text: 'book a table' });
const ignored = (of = '0:1', reason: IgnoreReason = 'empty'): CallEvent => ({ type: 'TurnIgnored', turn: of, reason });
const draft = (reply = 1, of = turn): CallEvent => ({ type: 'DraftStarted', turn: of, reply });
const dropped = (reason: DropReason, reply = 1, of = turn): CallEvent => ({
  type: 'DraftDropped',
  turn: of,
  reply,
  reason,
  tokens: 1,
  characters: 0,
});
const reply = (number = 1, drafted = false, of = turn): CallEvent => ({ type: 'ReplyStarted', turn: of, reply: number, drafted });
const greeting: CallEvent = { type: 'ReplyStarted', reply: 1, drafted: false };
const token = (of = 1): CallEvent => ({ type: 'Token', reply: of, text: 'Sure.' });
const sentence = (of = 1): CallEvent => ({ type: 'Sentence', reply: of, text: 'Sure.', spoken: 'Sure.' });
const moment = (type: 'AudioStarted' | 'SpeechStarted' | 'SpeechPaused' | 'SpeechResumed', of = 1): CallEvent =>
  type === 'SpeechPaused' ? { type, reply: of, heardMs: 300, text: 'Sure.' } : { type, reply: of };
const heard = (of = 1): CallEvent => ({ type: 'Heard', reply: of, heardMs: 300, text: 'Sure.' });
const bargeIn = (of = 1): CallEvent => ({ type: 'BargeIn', reply: of, heardMs: 300 });
const ended = (of = 1, interrupted = false): CallEvent => ({
  type: 'ReplyEnded',
  reply: of,
  text: 'Sure.',
  heard: 'Sure.',
  heardMs: 300,
  audioMs: 300,
  interrupted,
});
const latency = (of = 1): CallEvent => ({
  type: 'Latency',
  reply: of,
  endOfSpeech: null,
  eager: null,
  endOfTurn: null,
  firstToken: null,
  firstAudio: null,
  firstSound: null,
});
const failure = (stage: 'listen' | 'think' | 'speak' = 'think'): CallEvent => ({
  type: 'Failure',
  stage,
  code: 'busy',
  message: '',
  recovered: true,
});
const { s, e, r, E, f, F, S, D } = turns;

/** What comes in the tick of the event before it. */
const consequence = /^(Turn(Taken|Ignored)|Draft|ReplyStarted|BargeIn|Latency|ReplyEnded|SpeechPaused)/u;

/** The cause of each, by number from 1; null for a root. */
function causesOf(...happenings: readonly CallEvent[]): (number | null)[] {
  return causesIn(0, happenings);
}

/** The same on a clock that goes on by so much from an event to what it brings about. */
function causesIn(tickMs: number, happenings: readonly CallEvent[]): (number | null)[] {
  const found: (number | null)[] = [];
  let at = 0;
  const next = ({ type }: CallEvent) => (at += consequence.test(type) ? tickMs : 100);
  from(happenings.map((happening): Timed => ({ ...happening, at: next(happening) })))
    .pipe(causes())
    .subscribe(({ cause = null }) => found.push(cause));
  return found;
}

const timed = (source: Observable<CallEvent>): Observable<Timed> =>
  source.pipe(
    timestamp(),
    map(({ value, timestamp: at }) => ({ ...value, at })),
  );

describe('causes', () => {
  const happenings: Record<string, CallEvent> = { ...turns, d: draft(), t: token(), T: taken(), R: reply(1, true) };

  it(
    'numbers events and adds their causes',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-E-T-R-|', happenings);
      const subs = '        ^--------------!';
      const expected = '    -1-2-3-4-5-6-7-|';
      const events: Record<string, AgentEvent> = {
        1: { ...s, at: 1, id: 1 },
        2: { ...e, at: 3, id: 2, cause: 1 },
        3: { type: 'DraftStarted', turn, reply: 1, at: 5, id: 3, cause: 2 },
        4: { type: 'Token', reply: 1, text: 'Sure.', at: 7, id: 4, cause: 3 },
        5: { ...E, at: 9, id: 5, cause: 2 },
        6: { type: 'TurnTaken', turn, text: 'book a table', at: 11, id: 6, cause: 5 },
        7: { type: 'ReplyStarted', turn, reply: 1, drafted: true, at: 13, id: 7, cause: 6 },
      };

      m.expect(source.pipe(timed, causes())).toBeObservable(expected, events);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'completes empty without events, and emits nothing while there are none',
    marbles((m) => {
      m.expect(m.cold('|').pipe(timed, causes())).toBeObservable('|');
      m.expect(m.cold('-').pipe(timed, causes())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-s-#', happenings);
      const expected = '    -1-#';

      m.expect(source.pipe(timed, causes())).toBeObservable(expected, { 1: { ...s, at: 1, id: 1 } });
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves, and counts from 1 for the next',
    marbles((m) => {
      const source = m.hot('-s-e-|', happenings);
      const unsub = '       --!   ';
      const again = '       --^--!';
      const firstSubs = '   ^-!   ';
      const secondSubs = '  --^--!';

      const numbered = source.pipe(timed, causes());
      m.expect(numbered, unsub).toBeObservable('-1-', { 1: { ...s, at: 1, id: 1 } });
      m.expect(numbered, again).toBeObservable('---1-', { 1: { ...e, at: 3, id: 1 } });
      m.expect(source).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it('follows a turn that is answered to the end of its reply', () => {
    const call = [s, E, taken(), reply(), token(), token(), sentence(), moment('AudioStarted'), moment('SpeechStarted'), heard()];

    expect(causesOf(...call, heard(), latency(), ended(), { type: 'Idle' }, { type: 'Closed' })).toEqual([
      null, // StartOfTurn
      1, // EndOfTurn
      2, // TurnTaken ← EndOfTurn
      3, // ReplyStarted ← TurnTaken
      4, // Token ← ReplyStarted
      5, // Token ← Token
      6, // Sentence ← Token
      7, // AudioStarted ← Sentence
      8, // SpeechStarted ← AudioStarted
      9, // Heard ← SpeechStarted
      9, // Heard ← SpeechStarted
      11, // Latency ← Heard
      11, // ReplyEnded ← Heard
      13, // Idle ← ReplyEnded
      14, // Closed ← Idle
    ]);
  });

  it('gives the end of the turn as the cause of a draft becoming audible', () => {
    const call = [
      s,
      e,
      draft(),
      token(),
      sentence(),
      moment('AudioStarted'),
      E,
      taken(),
      reply(1, true),
      moment('SpeechStarted'),
    ];

    expect(causesOf(...call)).toEqual([null, 1, 2, 3, 4, 5, 2, 7, 8, 9]);
  });

  it('gives TurnResumed as the cause of a dropped draft', () => {
    expect(causesOf(s, e, draft(), token(), r, dropped('resumed'), f, draft(2), F)).toEqual([null, 1, 2, 3, 2, 5, 5, 7, 7]);
  });

  it('gives the turn event that changed the words as the cause of a dropped draft', () => {
    expect(causesOf(s, e, draft(), f, dropped('changed'))).toEqual([null, 1, 2, 2, 4]);
    expect(causesOf(s, e, draft(), S, dropped('started'))).toEqual([null, 1, 2, null, 4]);
    expect(causesOf(s, e, draft(), F, dropped('superseded'))).toEqual([null, 1, 2, 2, 4]);
  });

  it('gives the failure as the cause of a dropped draft, else its start', () => {
    expect(causesOf(s, e, draft(), failure(), dropped('failed'))).toEqual([null, 1, 2, 3, 4]);
    expect(causesOf(s, e, draft(), token(), dropped('timeout'))).toEqual([null, 1, 2, 3, 3]);
    expect(causesOf(s, e, draft(), token(), dropped('closed'))).toEqual([null, 1, 2, 3, 3]);
  });

  it('gives the turn that started as the cause of an interrupted reply', () => {
    const call = [s, E, taken(), reply(), moment('SpeechStarted'), heard(), S, bargeIn(), latency(), ended(1, true)];

    expect(causesOf(...call)).toEqual([null, 1, 2, 3, 4, 5, null, 7, 8, 8]);
  });

  it('gives the turn that started as the cause of a cancelled reply', () => {
    expect(causesOf(s, E, taken(), reply(), S, ended(1, true))).toEqual([null, 1, 2, 3, null, 5]);
  });

  it('finds the effects of a turn event even if the clock advances within the tick', () => {
    const cut = [s, E, taken(), reply(), moment('SpeechStarted'), heard(), S, bargeIn(), latency(), ended(1, true)];
    const paused = [s, E, taken(), reply(), moment('SpeechStarted'), heard(), S, moment('SpeechPaused')];

    expect(causesIn(1, cut)).toEqual([null, 1, 2, 3, 4, 5, null, 7, 8, 8]);
    expect(causesIn(1, paused)).toEqual([null, 1, 2, 3, 4, 5, null, 7]);
    expect(causesIn(1, [s, E, taken(), reply(), S, latency(), ended(1, true)])).toEqual([null, 1, 2, 3, null, 4, 5]);
    expect(causesIn(1, [s, e, draft(), f, dropped('changed')])).toEqual([null, 1, 2, 2, 4]);
  });

  it('gives the words heard as the cause of a reply stopped by a control, and no turn', () => {
    const call = [s, E, taken(), reply(), moment('SpeechStarted'), heard(), latency(), ended(1, true)];

    expect(causesOf(...call)).toEqual([null, 1, 2, 3, 4, 5, 6, 6]);
  });

  it('gives TurnLost as the cause of a dropped draft', () => {
    const call: CallEvent[] = [s, e, draft(), { type: 'TurnLost', turn: '0:0' }, dropped('superseded')];

    expect(causesOf(...call)).toEqual([null, 1, 2, 2, 4]);
  });

  it('gives the ignored turn as the cause of a reply made again', () => {
    const call = [s, E, taken(), reply(), S, ended(1, true), D, ignored(), reply(2)];

    expect(causesOf(...call)).toEqual([null, 1, 2, 3, null, 5, 5, 7, 8]);
  });

  it('gives the last event of a turn as the cause of ignoring it', () => {
    expect(causesOf(s, E, ignored(turn), { type: 'TurnLost', turn: '0:9' })).toEqual([null, 1, 2, null]);
  });

  it('gives the turn as the cause of a pause, and the pause as the cause of its end', () => {
    const call = [s, E, taken(), reply(), moment('SpeechStarted'), S, moment('SpeechPaused'), moment('SpeechResumed')];

    expect(causesOf(...call)).toEqual([null, 1, 2, 3, 4, null, 6, 7]);
  });

  it('gives the failure as the cause of the fallback line', () => {
    expect(causesOf(s, E, taken(), reply(), failure(), sentence())).toEqual([null, 1, 2, 3, 4, 5]);
  });

  it('gives no cause to the first events', () => {
    const connected: CallEvent = { type: 'Connected', requestId: 'r' };

    expect(causesOf(connected, greeting, sentence(), moment('SpeechStarted'))).toEqual([null, null, 2, 2]);
    expect(causesOf(s, E, taken(), reply(), failure('listen'))).toEqual([null, 1, 2, 3, null]);
    expect(causesOf(failure())).toEqual([null]);
  });

  it('forgets old turns', () => {
    const many = Array.from({ length: 1000 }, (_, i) => turnEvent('StartOfTurn', 'yes', `0:${i}`));

    expect(causesOf(...many, turnEvent('EndOfTurn', 'yes', '0:0'), turnEvent('EndOfTurn', 'yes', '0:999')).slice(1000)).toEqual([
      null,
      1000,
    ]);
  });

  it('names only earlier events, in any order of events', () => {
    const turnIds = fc.constantFrom('0:0', '0:1', '1:0');
    const types = fc.constantFrom('StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn');
    const moments = fc.constantFrom('AudioStarted', 'SpeechStarted', 'SpeechPaused', 'SpeechResumed');
    const reasons = fc.constantFrom('resumed', 'changed', 'superseded', 'timeout', 'failed', 'started', 'closed');
    const replies = fc.nat({ max: 3 });
    const happening = fc.oneof<fc.Arbitrary<CallEvent>[]>(
      fc.tuple(types, turnIds).map(([type, of]) => turnEvent(type, 'yes', of)),
      fc.constant(greeting),
      turnIds.map(taken),
      turnIds.map((of) => ignored(of)),
      fc.tuple(replies, turnIds).map(([number, of]) => draft(number, of)),
      fc.tuple(reasons, replies, turnIds).map(([reason, number, of]) => dropped(reason, number, of)),
      fc.tuple(replies, fc.boolean(), turnIds).map(([number, drafted, of]) => reply(number, drafted, of)),
      fc.tuple(moments, replies).map(([type, of]) => moment(type, of)),
      fc.tuple(fc.constantFrom(token, sentence, heard, bargeIn, latency), replies).map(([make, of]) => make(of)),
      fc.tuple(replies, fc.boolean()).map(([of, interrupted]) => ended(of, interrupted)),
      fc.constantFrom(failure('think'), failure('listen'), failure('speak'), { type: 'Idle' }, { type: 'Closed' }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (all) => {
        const found = causesOf(...all);
        const wrong = found.filter((cause, i) => cause !== null && !(cause >= 1 && cause <= i));

        expect(found).toHaveLength(all.length);
        expect(wrong).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
