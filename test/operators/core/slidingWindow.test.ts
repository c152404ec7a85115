import { timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../operators/core/slidingWindow.ts';

/** Runs each step at its time in virtual time. Returns the results that are not undefined. */
function at(steps: Readonly<Record<number, () => unknown>>): unknown[] {
  const results: unknown[] = [];
  new TestScheduler(() => undefined).run(() => {
    for (const [ms, step] of Object.entries(steps)) timer(Number(ms)).subscribe(() => results.push(step()));
  });
  return results.filter((value) => value !== undefined);
}

describe('SlidingWindow', () => {
  it('counts an amount until its window is over', () => {
    const window = new SlidingWindow(60);
    expect(
      at({
        0: () => window.add(2),
        20: () => window.add(3),
        59: () => window.sum,
        60: () => window.sum,
        79: () => window.sum,
        80: () => window.sum,
      }),
    ).toEqual([5, 3, 3, 0]);
  });

  it('is empty at first', () => {
    expect(at({ 0: () => new SlidingWindow(60).sum })).toEqual([0]);
  });

  it('knows how long its sum takes to fall to an amount', () => {
    const window = new SlidingWindow(60);
    expect(
      at({
        0: () => window.add(2),
        20: () => window.add(3),
        30: () => [window.waitMs(5), window.waitMs(4), window.waitMs(3), window.waitMs(2), window.waitMs(0)],
      }),
    ).toEqual([[0, 30, 30, 50, 50]]);
  });

  it('never falls below 0', () => {
    const window = new SlidingWindow(60);
    expect(at({ 0: () => window.add(2), 30: () => window.waitMs(-1), 90: () => window.waitMs(-1) })).toEqual([
      Infinity,
      Infinity,
    ]);
  });
});
