import { map, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { severally } from '../../../operators/core/severally.ts';
import { marbles } from '../../withMarbles.ts';

/** A capital letter becomes two values, `b` none, any other letter itself. */
const becomes = (letter: string): readonly string[] => {
  if (letter === 'b') return [];
  return letter === letter.toUpperCase() ? [letter, letter] : [letter];
};

describe('severally', () => {
  it(
    'emits all results of a value at once',
    marbles((m) => {
      const source = m.hot('-a--b--C----|');
      const subs = '        ^-----------!';
      const expected = '    -a-----(CC)-|';

      m.expect(source.pipe(severally(becomes))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'completes with an empty source, and is silent while the source is',
    marbles((m) => {
      m.expect(m.cold('|').pipe(severally(becomes))).toBeObservable('|');
      m.expect(m.cold('-').pipe(severally(becomes))).toBeObservable('-');
    }),
  );

  it('resumes a generator after each value was delivered, and only while someone is subscribed', () => {
    const order: string[] = [];
    const source = new Subject<string>();
    const letters = source.pipe(
      severally(function* (letter) {
        for (const part of ['1', '2', '3']) {
          yield letter + part;
          order.push(`after ${letter}${part}`);
        }
      }),
      take(2),
    );
    letters.subscribe((letter) => order.push(letter));
    source.next('a');

    expect(order).toEqual(['a1', 'after a1', 'a2']);
  });

  it(
    'emits the last results when the source completes, but not after an error',
    marbles((m) => {
      const rest = () => ['y', 'z'];

      m.expect(m.cold('-a-|').pipe(severally(becomes, rest))).toBeObservable('-a-(yz|)');
      m.expect(m.cold('-a-#').pipe(severally(becomes, rest))).toBeObservable('-a-#');
    }),
  );

  it(
    'errors when the function for the end throws',
    marbles((m) => {
      const rest = (): readonly string[] => {
        throw 'error';
      };

      m.expect(m.cold('-a-|').pipe(severally(becomes, rest))).toBeObservable('-a-#');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-a-#');
      const subs = '        ^--!';
      const expected = '    -a-#';

      m.expect(source.pipe(severally(becomes))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'errors when the function throws, and stops the source',
    marbles((m) => {
      const source = m.hot('-a-b-c-|');
      const subs = '        ^--!    ';
      const expected = '    -a-#    ';
      const throwing = (letter: string): readonly string[] => {
        if (letter === 'b') throw 'error';
        return [letter];
      };

      m.expect(source.pipe(severally(throwing))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'stops the source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-a---C-|');
      const subs = '        ^--!    ';
      const leave = '       ---!    ';
      const expected = '    -a------';

      m.expect(source.pipe(severally(becomes)), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('stops a source that emits while it is being subscribed', () => {
    const asked: number[] = [];
    const source = of(1, 2, 3).pipe(
      map((value) => {
        asked.push(value);
        return value;
      }),
    );

    source
      .pipe(
        severally((value) => {
          if (value === 2) throw new Error('two');
          return [value];
        }),
      )
      .subscribe({ error: () => undefined });

    expect(asked).toEqual([1, 2]);
  });

  it('handles a value that a result causes before the next result', () => {
    const source = new Subject<string>();
    const seen: string[] = [];

    source.pipe(severally((letter) => [`${letter}1`, `${letter}2`])).subscribe((result) => {
      seen.push(result);
      if (result === 'a1') source.next('b');
    });
    source.next('a');

    expect(seen).toEqual(['a1', 'b1', 'b2', 'a2']);
  });
});
