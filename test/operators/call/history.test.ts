import { describe, expect, it } from 'vitest';
import type { CallEvent, Message, ReplyEnded } from '../../../operators/events.ts';
import { history, remember } from '../../../operators/call/history.ts';
import { turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const ended = (reply: number, heard: string, interrupted = false): ReplyEnded => ({
  type: 'ReplyEnded',
  reply,
  text: 'Sure. For how many?',
  heard,
  heardMs: heard.length * 60,
  audioMs: 1200,
  interrupted,
});

const happenings: Record<string, CallEvent> = {
  ...turns,
  T: { type: 'TurnTaken', turn: '0:0', text: 'book a table' },
  R: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false },
  k: { type: 'Token', reply: 1, text: 'Sure.' },
  h: { type: 'Heard', reply: 1, heardMs: 300, text: 'Sure.' },
  x: ended(1, 'Sure. For how many?'),
  y: ended(1, 'Sure. For', true),
  z: ended(1, '', true),
  i: { type: 'TurnIgnored', turn: '0:1', reason: 'backchannel' },
};

const user: Message = { role: 'user', content: 'book a table' };
const whole: Message = { role: 'assistant', content: 'Sure. For how many?' };
const cutOff: Message = { role: 'assistant', content: 'Sure. For', interrupted: true };

describe('history', () => {
  it(
    'contains the words of the user and the words heard of the reply',
    marbles((m) => {
      const source = m.hot('-s-E-T-R-k-h-x-|', happenings);
      const subs = '        ^--------------!';
      const expected = '    -----1-------2-|';

      m.expect(source.pipe(history())).toBeObservable(expected, { 1: [user], 2: [user, whole] });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'starts with the given conversation, which it does not emit',
    marbles((m) => {
      const start: Message[] = [{ role: 'system', content: 'Be brief.' }];
      const source = m.hot('-s-E-T-|', happenings);
      const expected = '    -----1-|';

      m.expect(source.pipe(history(start))).toBeObservable(expected, { 1: [...start, user] });
    }),
  );

  it(
    'marks a reply that was interrupted',
    marbles((m) => {
      const source = m.hot('-T-R-h-y-|', happenings);
      const expected = '    -1-----2-|';

      m.expect(source.pipe(history())).toBeObservable(expected, { 1: [user], 2: [user, cutOff] });
    }),
  );

  it(
    'contains no cancelled reply and no ignored turn',
    marbles((m) => {
      const source = m.hot('-T-R-z-S-i-|', happenings);
      const expected = '    -1---------|';

      m.expect(source.pipe(history())).toBeObservable(expected, { 1: [user] });
    }),
  );

  it(
    'completes empty without turns, and emits nothing while there are no events',
    marbles((m) => {
      m.expect(m.cold('|').pipe(history())).toBeObservable('|');
      m.expect(m.cold('-s-|', happenings).pipe(history())).toBeObservable('---|');
      m.expect(m.cold('-').pipe(history())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-T-#', happenings);
      const subs = '        ^--!';
      const expected = '    -1-#';

      m.expect(source.pipe(history())).toBeObservable(expected, { 1: [user] });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-T-x-|', happenings);
      const unsub = '       --!   ';
      const subs = '        ^-!   ';
      const expected = '    -1-   ';

      m.expect(source.pipe(history()), unsub).toBeObservable(expected, { 1: [user] });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );
});

describe('remember', () => {
  it('returns the same array if nothing changed, and never mutates one', () => {
    const before: readonly Message[] = Object.freeze([user]);

    expect(remember(before, ended(1, '', true))).toBe(before);
    expect(remember(before, { type: 'Idle' })).toBe(before);
    expect(remember(before, ended(1, 'Sure.'))).toEqual([user, { role: 'assistant', content: 'Sure.' }]);
  });
});
