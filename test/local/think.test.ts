import { describe, expect, it } from 'vitest';
import { think } from '../../src/local/think.ts';
import { marbles } from '../withMarbles.ts';

const now = () => new Date(2026, 2, 3);
const sum = [{ role: 'user', content: 'two plus two' }];

describe('think', () => {
  it(
    'streams words, each with the space before it',
    marbles((m) => {
      const expected = '150ms a 17ms b 17ms c 17ms d 17ms (e|)';
      m.expect(think(sum, now)).toBeObservable(expected, { a: 'Two', b: ' plus', c: ' two', d: ' is', e: ' 4.' });
    }),
  );

  it(
    'stops when it is unsubscribed from',
    marbles((m) => {
      const unsub = '  ---------- 170ms !        ';
      const expected = '150ms a 17ms b 200ms -    ';
      m.expect(think(sum, now), unsub).toBeObservable(expected, { a: 'Two', b: ' plus' });
    }),
  );

  it(
    'completes at once when there is nothing to answer',
    marbles((m) => {
      m.expect(think([], now)).toBeObservable('|');
    }),
  );

  it(
    'errors when its clock does',
    marbles((m) => {
      const broken = () => {
        throw new Error('no clock');
      };
      m.expect(think(sum, broken)).toBeObservable('#', undefined, new Error('no clock'));
    }),
  );

  it(
    'asks the clock anew for each subscription',
    marbles((m) => {
      let asked = 0;
      const clock = () => new Date(2026, 2, 3, (asked += 1), 0);
      const time = think([{ role: 'user', content: 'what year is it' }], clock);
      m.expect(time).toBeObservable('150ms a 17ms b 17ms c 17ms (d|)', { a: 'The', b: ' year', c: ' is', d: ' 2026.' });
      m.expect(time).toBeObservable('150ms a 17ms b 17ms c 17ms (d|)', { a: 'The', b: ' year', c: ' is', d: ' 2026.' });
      m.flush();
      expect(asked).toBe(2);
    }),
  );
});
