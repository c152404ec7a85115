import { describe, it } from 'vitest';
import type { CallEvent, Idle, ReplyEnded } from '../../../operators/events.ts';
import { idle } from '../../../operators/call/idle.ts';
import { turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const ended = (reply: number, heard: string, interrupted: boolean): ReplyEnded => ({
  type: 'ReplyEnded',
  reply,
  text: 'Yes.',
  heard,
  heardMs: heard === '' ? 0 : 300,
  audioMs: 300,
  interrupted,
});

const values: Record<string, CallEvent> = {
  ...turns,
  R: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false },
  x: ended(1, 'Yes.', false),
  y: ended(2, 'Yes.', false),
  c: ended(1, 'Yes', true),
  n: ended(1, '', false),
  T: { type: 'TurnTaken', turn: '0:0', text: 'book a table' },
  i: { type: 'TurnIgnored', turn: '0:0', reason: 'minWords' },
};
const I: Idle = { type: 'Idle' };

describe('idle', () => {
  it(
    'emits once after each reply that was heard to its end',
    marbles((m) => {
      const source = m.hot('  -R-x---------R--y-----|', values);
      const expected = '      --------I------------I|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing once the caller talks',
    marbles((m) => {
      const source = m.hot('  -R-x--s---------|', values);
      const expected = '      ----------------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing during a turn that began before the reply ended',
    marbles((m) => {
      const source = m.hot('  -R--s--x--------|', values);
      const expected = '      ----------------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'starts the time again after an ignored turn',
    marbles((m) => {
      const source = m.hot('  -R--s--x--i-----|', values);
      const expected = '      ---------------I|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits once, even if turns are ignored afterwards',
    marbles((m) => {
      const source = m.hot('  -R-x------s-i-----|', values);
      const expected = '      --------I---------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing after an interrupted or unheard reply',
    marbles((m) => {
      const source = m.hot('  -R-c------R-n-----|', values);
      const expected = '      ------------------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing once a turn is taken',
    marbles((m) => {
      const source = m.hot('  -R-x-s-(ET)-----|', values);
      const expected = '      ----------------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing once another reply starts',
    marbles((m) => {
      const source = m.hot('  -R-x--R---------|', values);
      const expected = '      ----------------|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing without a time',
    marbles((m) => {
      const source = m.hot('  -R-x-------|', values);
      const expected = '      -----------|';

      m.expect(source.pipe(idle(() => undefined))).toBeObservable(expected, { I });
    }),
  );

  it(
    'emits nothing without events',
    marbles((m) => {
      const source = m.hot('  ----|', values);
      const expected = '      ----|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'completes with the events, without waiting for the timer',
    marbles((m) => {
      const source = m.hot('  -R-x-|', values);
      const expected = '      -----|';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('  -R-x-#', values);
      const expected = '      -----#';

      m.expect(source.pipe(idle(() => 5))).toBeObservable(expected, { I });
    }),
  );

  it(
    'stops timer and events when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -R-x-------', values);
      const sourceSubs = '    ^----!     ';
      const leave = '         -----!     ';
      const expected = '      ------     ';

      m.expect(source.pipe(idle(() => 5)), leave).toBeObservable(expected, { I });
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'errors when afterMs throws',
    marbles((m) => {
      const source = m.hot('  -R-x---|', values);
      const sourceSubs = '    ^--!    ';
      const expected = '      ---#    ';
      const thrower = (): number => {
        throw 'error';
      };

      m.expect(source.pipe(idle(thrower))).toBeObservable(expected, { I });
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
