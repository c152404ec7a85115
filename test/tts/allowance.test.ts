import { TestScheduler } from 'rxjs/testing';
import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/tts/allowance.ts';

/** Runs each step at its time, in virtual time; gives what they gave. */
function at(steps: Readonly<Record<number, () => unknown>>): unknown[] {
  const given: unknown[] = [];
  new TestScheduler(() => undefined).run(() => {
    for (const [ms, step] of Object.entries(steps)) timer(Number(ms)).subscribe(() => given.push(step()));
  });
  return given.filter((value) => value !== undefined);
}

describe('Allowance', () => {
  it('allows the amount at once, and again after the window', () => {
    const flushes = new Allowance(2, 1000);
    expect(
      at({
        0: () => flushes.take(1),
        100: () => flushes.waitMs(1),
        200: () => flushes.take(1),
        300: () => flushes.waitMs(1),
        999: () => flushes.waitMs(1),
        1000: () => [flushes.waitMs(1), flushes.waitMs(2)],
        1200: () => flushes.waitMs(2),
      }),
    ).toEqual([0, 700, 1, [0, 200], 0]);
  });

  it('keeps a reserve', () => {
    const flushes = new Allowance(20, 1000);
    expect(
      at({
        0: () => flushes.take(11),
        1: () => flushes.waitMs(1, 8),
        2: () => flushes.take(1),
        3: () => [flushes.waitMs(1, 8), flushes.waitMs(1)],
      }),
    ).toEqual([0, [997, 0]]);
  });

  it('never allows more than the limit', () => {
    expect(at({ 0: () => new Allowance(2, 1000).waitMs(3) })).toEqual([Infinity]);
  });

  it('allows nothing while it is shut', () => {
    const flushes = new Allowance(2, 1000);
    expect(at({ 0: () => flushes.shut(400), 100: () => flushes.waitMs(1), 400: () => flushes.waitMs(1) })).toEqual([300, 0]);
  });
});
