import { Observable, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { whileOpen } from '../../../operators/core/whileOpen.ts';
import { marbles } from '../../withMarbles.ts';

/** A source that emits 0, 1, 2 … within `subscribe`, and counts what it emitted. */
function synchronous(): { readonly source: Observable<number>; emitted: number } {
  const counted = {
    emitted: 0,
    source: new Observable<number>((subscriber) => {
      while (!subscriber.closed && counted.emitted < 100) subscriber.next(counted.emitted++);
    }),
  };
  return counted;
}

const copied = <T>(source: Observable<T>) =>
  new Observable<T>((subscriber) => {
    source.pipe(whileOpen(subscriber)).subscribe((value) => subscriber.next(value));
  });

describe('whileOpen', () => {
  it('stops a synchronous source when the subscriber closes', () => {
    const counted = synchronous();
    const values: number[] = [];
    copied(counted.source)
      .pipe(
        take(3),
        tap((value) => values.push(value)),
      )
      .subscribe();

    expect(values).toEqual([0, 1, 2]);
    expect(counted.emitted).toBe(3);
  });

  it(
    'leaves the source when the subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -a---b-|');
      const sourceSubs = '    ^--!    ';
      const leave = '         ---!    ';
      const expected = '      -a------';

      m.expect(copied(source), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
