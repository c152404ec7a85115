import {
  asapScheduler,
  asyncScheduler,
  defer,
  EMPTY,
  expand,
  firstValueFrom,
  interval,
  map,
  mergeMap,
  NEVER,
  observeOn,
  of,
  queueScheduler,
  skip,
  Subscription,
  take,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { runInVirtualTime, type VirtualEnd } from '../../src/testing/runInVirtualTime.ts';
import { marbles } from '../withMarbles.ts';

/** What an observable emits in virtual time, each value with its time, and how the run came out. */
function run(source: Observable<unknown>, untilMs = 1000): VirtualEnd & { readonly told: readonly string[] } {
  const told: string[] = [];
  let over = false;
  let stop: () => void = () => undefined;
  const end = runInVirtualTime({
    start: () => {
      const subscription = source.subscribe({
        next: (value) => told.push(`${asyncScheduler.now()} ${String(value)}`),
        error: (error: unknown) => {
          told.push(`${asyncScheduler.now()} ${String(error)}`);
          over = true;
        },
        complete: () => (over = true),
      });
      stop = () => subscription.unsubscribe();
    },
    over: () => over,
    stop: () => stop(),
    untilMs,
  });
  return { ...end, told };
}

const after = (ms: number, name: string) => timer(ms).pipe(map(() => name));
const codeOf = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe("RxJS's TestScheduler.run", () => {
  it('fails when a rescheduled timer clears another one that is due in the same millisecond', () => {
    const scheduler = new TestScheduler(() => undefined);
    const source = timer(10).pipe(takeUntil(interval(5).pipe(skip(1))));

    expect(() => scheduler.run(() => void source.subscribe())).toThrow('Expected a due immediate or interval');
    expect(run(source)).toEqual({ why: 'over', at: 10, timersLeft: 0, told: ['10 0'] });
  });
});

describe('runInVirtualTime', () => {
  it('starts at 0 and jumps to the next due timer', () => {
    expect(run(after(300, 'a'))).toEqual({ why: 'over', at: 300, timersLeft: 0, told: ['300 a'] });
  });

  it('runs timers in order of time, and those due together in the order they were set', () => {
    const source = of([7, 'a'], [5, 'b'], [9, 'c'], [5, 'd'], [7, 'e']).pipe(
      mergeMap(([ms, name]) => after(Number(ms), String(name))),
    );

    expect(run(source).told).toEqual(['5 b', '5 d', '7 a', '7 e', '9 c']);
  });

  it('treats a rescheduled timer like a new one', () => {
    const source = of(5, 10).pipe(
      mergeMap((ms) => interval(ms).pipe(map((count) => `${ms}/${count}`))),
      take(5),
    );

    expect(run(source).told).toEqual(['5 5/0', '10 10/0', '10 5/1', '15 5/2', '20 10/1']);
  });

  it('runs an interval on time whose handler sets other timers', () => {
    const source = interval(10).pipe(
      take(2),
      mergeMap((count) => after(4, `after ${count}`)),
    );

    expect(run(source).told).toEqual(['14 after 0', '24 after 1']);
  });

  it('runs a timer of 0 ms after those that are already due', () => {
    const source = of('a', 'b').pipe(
      mergeMap((name) => after(5, name).pipe(expand((one) => (one.length < 3 ? after(0, `${one}'`) : EMPTY)))),
    );

    expect(run(source).told).toEqual(['5 a', '5 b', "5 a'", "5 b'", "5 a''", "5 b''"]);
  });

  it('does not run a timer that another one cleared in its own millisecond', () => {
    const told: string[] = [];
    run(
      defer(() => {
        const second = new Subscription();
        timer(5).subscribe(() => {
          told.push('first');
          second.unsubscribe();
        });
        second.add(timer(5).subscribe(() => told.push('second')));
        return timer(6);
      }),
    );

    expect(told).toEqual(['first']);
  });

  it('does not repeat an interval that its own handler cleared', () => {
    expect(
      run(
        interval(5).pipe(
          take(1),
          mergeMap(() => after(20, 'later')),
        ),
      ).told,
    ).toEqual(['25 later']);
  });

  it('runs asap work in the same millisecond', () => {
    expect(run(after(5, 'a').pipe(observeOn(asapScheduler), observeOn(queueScheduler))).told).toEqual(['5 a']);
  });

  it('reads a Date as a time on its own clock', () => {
    expect(run(timer(new Date(40))).told).toEqual(['40 0']);
  });

  it('does not wait longer than a real timer can', () => {
    const source = of(-5, NaN, 2 ** 31, Infinity).pipe(mergeMap((ms) => after(ms, String(ms))));

    expect(run(source).told).toEqual(['0 -5', '0 NaN', '0 2147483648', '0 Infinity']);
  });

  it('ends when no timer is left', () => {
    expect(run(NEVER)).toMatchObject({ why: 'idle', at: 0 });
  });

  it('ends at its time limit, after the timers due then', () => {
    expect(run(interval(400))).toEqual({ why: 'late', at: 1000, timersLeft: 0, told: ['400 0', '800 1'] });
    expect(run(interval(500)).told).toEqual(['500 0', '1000 1']);
  });

  it('ends when time stands still', () => {
    expect(run(interval(0))).toMatchObject({ why: 'still', at: 0 });
    expect(run(after(7, '').pipe(expand(() => timer(0))))).toMatchObject({ why: 'still', at: 7 });
    expect(run(interval(1e-9)).why).toBe('still');
  });

  it('goes on through many timers, one each millisecond', () => {
    expect(run(interval(1), 150_000)).toMatchObject({ why: 'late', at: 150_000 });
  });

  it('counts the timers that are left at its end, and lets them run', () => {
    const told: string[] = [];
    const source = defer(() => {
      for (const ms of [20, 30, 5000]) timer(ms).subscribe(() => told.push(`${ms}`));
      return timer(10);
    });

    expect(run(source)).toMatchObject({ why: 'over', at: 10, timersLeft: 3 });
    expect(told).toEqual(['20', '30']);
  });

  it('rethrows the error of a timer, stops, and restores real time', async () => {
    let stopped = 0;
    const thrown = () =>
      runInVirtualTime({
        start: () => {
          timer(5).subscribe(() => {
            throw new Error('broken');
          });
        },
        over: () => false,
        stop: () => stopped++,
        untilMs: 100,
      });

    expect(thrown).toThrow('broken');
    expect(stopped).toBe(1);
    expect(asyncScheduler.now()).toBeGreaterThan(1e12);
    expect(await firstValueFrom(after(1, 'real'))).toBe('real');
  });

  it('runs within a timer of real time, which goes on after it', async () => {
    const source = defer(() => {
      const inside = run(after(300, 'a').pipe(observeOn(asapScheduler))).told;
      return after(1, `real, after ${inside.join()}`);
    });

    expect(await firstValueFrom(timer(1).pipe(mergeMap(() => source)))).toBe('real, after 300 a');
    expect(
      await firstValueFrom(
        of(1).pipe(
          observeOn(asapScheduler),
          mergeMap(() => source),
        ),
      ),
    ).toBe('real, after 300 a');
  });

  it('does not touch the asap work of real time', async () => {
    const real = firstValueFrom(of('real').pipe(observeOn(asapScheduler)));

    expect(run(of('a').pipe(observeOn(asapScheduler))).told).toEqual(['0 a']);
    expect(await real).toBe('real');
  });

  it('throws within itself, and the outer run goes on', () => {
    const source = after(5, 'a').pipe(
      map(() => codeOf(() => run(NEVER))),
      mergeMap((code) => after(5, String(code))),
    );

    expect(run(source).told).toEqual(['10 nested']);
  });

  it('throws within a TestScheduler, which goes on', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

    scheduler.run(({ expectObservable }) => {
      expect(codeOf(() => run(NEVER))).toBe('nested');
      expectObservable(timer(3)).toBe('---(0|)', [0]);
    });
  });

  it(
    'is refused within a marble test',
    marbles((m) => {
      expect(codeOf(() => run(NEVER))).toBe('nested');
      m.expect(timer(3)).toBeObservable('---(0|)', { 0: 0 });
    }),
  );

  it('throws when a TestScheduler runs within it', () => {
    const source = after(5, 'a').pipe(
      map(() => new TestScheduler(() => undefined).run(() => 'b')),
      mergeMap((b) => after(5, b)),
    );

    expect(codeOf(() => run(source))).toBe('nested');
  });
});
