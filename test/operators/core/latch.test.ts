import { map, merge, mergeMap, of, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { latch } from '../../../operators/core/latch.ts';
import { marbles } from '../../withMarbles.ts';

describe('latch', () => {
  it(
    'shares the first value with those who wait and those who come late',
    marbles((m) => {
      const source = m.hot(' ----a--b--|');
      const sourceSubs = '   ^---!      ';
      const early = '        ^          ';
      const waiting = '      --^        ';
      const late = '         -------^   ';
      const latched = source.pipe(latch());

      m.expect(latched, early).toBeObservable('  ----(a|)   ');
      m.expect(latched, waiting).toBeObservable('----(a|)   ');
      m.expect(latched, late).toBeObservable('   -------(a|)');
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'goes on waiting when the source completes without a value',
    marbles((m) => {
      const source = m.cold('--|');
      const sourceSubs = '   ^-!';
      const expected = '     ---';

      m.expect(source.pipe(latch())).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'passes an error to all who wait',
    marbles((m) => {
      const latched = m.hot('  ---#').pipe(latch());

      m.expect(latched).toBeObservable('      ---#');
      m.expect(latched, '-^').toBeObservable('---#');
    }),
  );

  it(
    'leaves the source when all have left, and is there anew for the next',
    marbles((m) => {
      const source = m.hot('       ------a---');
      const firstSubs = '          ^--!   ';
      const secondSubs = '         -----^!';
      const first = '              ^-!       ';
      const second = '             -^-!      ';
      const third = '              -----^    ';
      const latched = source.pipe(latch());

      m.expect(latched, first).toBeObservable(' ----------');
      m.expect(latched, second).toBeObservable('----------');
      m.expect(latched, third).toBeObservable(' ------(a|)');
      m.expect(source).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it('tells all of the value before it completes for anyone', () => {
    const source = new Subject<string>();
    const latched = source.pipe(latch());
    const told: string[] = [];
    for (const who of ['one', 'two'])
      latched.subscribe({ next: (value) => told.push(`${who} ${value}`), complete: () => told.push(`${who} is over`) });
    source.next('a');

    expect(told).toEqual(['one a', 'two a', 'one is over', 'two is over']);
  });

  it('knows the value already when it tells of it', () => {
    const source = new Subject<string>();
    const latched = source.pipe(latch());
    const told: string[] = [];
    latched.pipe(mergeMap(() => latched)).subscribe((value) => told.push(value));
    source.next('a');

    expect(told).toEqual(['a']);
  });

  it(
    'takes a value that is there at once',
    marbles((m) => {
      const latched = of('a').pipe(latch());
      const later = timer(3).pipe(
        map(() => latched),
        mergeMap((values) => values),
      );

      m.expect(merge(latched, later)).toBeObservable('a--(a|)');
    }),
  );
});
