import { describe, it } from 'vitest';
import { maybe } from '../../../operators/core/maybe.ts';
import { marbles } from '../../withMarbles.ts';

/** Letters become capitals, `b` nothing. */
const capital = (letter: string): string | undefined => (letter === 'b' ? undefined : letter.toUpperCase());

describe('maybe', () => {
  it(
    'emits what each value becomes, if it becomes anything',
    marbles((m) => {
      const source = m.hot('-a--b--c--|');
      const subs = '        ^---------!';
      const expected = '    -A-----C--|';

      m.expect(source.pipe(maybe(capital))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'tells nothing from what is false, empty or null',
    marbles((m) => {
      const values = { a: false, b: '', c: null };
      const source = m.hot('-a-b-c-d-|');
      const expected = '    -a-b-c---|';

      m.expect(source.pipe(maybe((letter) => values[letter as 'a' | 'b' | 'c']))).toBeObservable(expected, values);
    }),
  );

  it(
    'completes with nothing when there is nothing, is silent while the source is, and passes an error',
    marbles((m) => {
      m.expect(m.cold('|').pipe(maybe(capital))).toBeObservable('|');
      m.expect(m.cold('-').pipe(maybe(capital))).toBeObservable('-');
      m.expect(m.cold('-a#').pipe(maybe(capital))).toBeObservable('-A#');
    }),
  );

  it(
    'errors with what is thrown, and stops the source',
    marbles((m) => {
      const source = m.hot('-a-b-c-|');
      const subs = '        ^--!    ';
      const expected = '    -A-#    ';
      const throwing = (letter: string) => {
        if (letter === 'b') throw 'error';
        return letter.toUpperCase();
      };

      m.expect(source.pipe(maybe(throwing))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'stops the source when it is left early',
    marbles((m) => {
      const source = m.hot('-a---c-|');
      const subs = '        ^--!    ';
      const leave = '       ---!    ';
      const expected = '    -A------';

      m.expect(source.pipe(maybe(capital)), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );
});
