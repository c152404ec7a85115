import { from, map, Observable, share, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { inTurn } from '../../../operators/core/inTurn.ts';
import { marbles } from '../../withMarbles.ts';

describe('inTurn', () => {
  it(
    'passes values at once',
    marbles((m) => {
      const source = m.hot('-a-(bc)-|');
      const subs = '        ^-------!';
      const expected = '    -a-(bc)-|';

      m.expect(source.pipe(inTurn())).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'completes with an empty source, and is silent while the source is',
    marbles((m) => {
      m.expect(m.cold('|').pipe(inTurn())).toBeObservable('|');
      m.expect(m.cold('-').pipe(inTurn())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-a-#');
      const subs = '        ^--!';
      const expected = '    -a-#';

      m.expect(source.pipe(inTurn())).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'stops the source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-a-b-|');
      const unsub = '       --!   ';
      const subs = '        ^-!   ';
      const expected = '    -a-   ';

      m.expect(source.pipe(inTurn()), unsub).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('delivers a value to every subscriber before a value that it causes', () => {
    const source = new Subject<string>();
    const events = source.pipe(inTurn(), share());
    const first: string[] = [];
    const second: string[] = [];
    events.subscribe((value) => {
      first.push(value);
      if (value === 'a') {
        source.next('x');
        source.next('y');
      }
      if (value === 'x') source.next('z');
    });
    events.subscribe((value) => second.push(value));
    source.next('a');

    expect(first).toEqual(['a', 'x', 'y', 'z']);
    expect(second).toEqual(['a', 'x', 'y', 'z']);
  });

  it('delivers completion and errors after the queued values', () => {
    const delivered = (end: (source: Subject<string>) => void) => {
      const source = new Subject<string>();
      const log: string[] = [];
      source.pipe(inTurn()).subscribe({
        next: (value) => {
          if (value === 'a') {
            source.next('x');
            end(source);
          }
          log.push(value);
        },
        error: () => log.push('error'),
        complete: () => log.push('complete'),
      });
      source.next('a');
      return log;
    };

    expect(delivered((source) => source.complete())).toEqual(['a', 'x', 'complete']);
    expect(delivered((source) => source.error(new Error('late')))).toEqual(['a', 'x', 'error']);
  });

  it('drops the queue when its subscriber leaves while it is delivered', () => {
    const source = new Subject<string>();
    const log: string[] = [];
    const subscription = source.pipe(inTurn()).subscribe((value) => {
      log.push(value);
      source.next('x');
      subscription.unsubscribe();
    });
    source.next('a');

    expect(log).toEqual(['a']);
    expect(source.observed).toBe(false);
  });

  it('delivers a chain of a hundred thousand values without growing the stack', () => {
    const source = new Subject<number>();
    let last = 0;
    source.pipe(inTurn()).subscribe((value) => {
      last = value;
      if (value < 100_000) source.next(value + 1);
    });
    source.next(1);

    expect(last).toBe(100_000);
  });

  it('stops a source that emits while it is being subscribed', () => {
    let produced = 0;
    const source = new Observable<number>((subscriber) => {
      while (produced < 1000 && !subscriber.closed) subscriber.next(++produced);
    });
    const log: number[] = [];
    source.pipe(inTurn(), take(2)).subscribe((value) => log.push(value));

    expect(log).toEqual([1, 2]);
    expect(produced).toBe(2);
  });

  it('errors when its source throws', () => {
    const log: unknown[] = [];
    from([1])
      .pipe(
        map(() => {
          throw new Error('thrown');
        }),
        inTurn(),
      )
      .subscribe({ error: (error: unknown) => log.push(error) });

    expect(log).toEqual([new Error('thrown')]);
  });
});
