import { describe, expect, it } from 'vitest';
import { HeldTurns } from '../../../operators/turns/heldTurns.ts';
import { turns, type turnEvent } from '../../../src/testing/index.ts';

const { s, u, e, r, E, f, S } = turns;

function holding(...events: readonly ReturnType<typeof turnEvent>[]): HeldTurns {
  const held = new HeldTurns();
  for (const event of events) held.hold(event);
  return held;
}

describe('HeldTurns', () => {
  it('is empty until an event is held, and after its turn is dropped', () => {
    const held = new HeldTurns();
    expect(held.isEmpty).toBe(true);
    held.hold(s);
    expect([held.isEmpty, held.has(s.turn), held.has(S.turn)]).toEqual([false, true, false]);
    held.drop(s.turn);
    expect([held.isEmpty, held.has(s.turn)]).toEqual([true, false]);
  });

  it('finds the latest event of a turn', () => {
    const held = holding(s, e, S);
    expect([held.latest(s.turn), held.latest(S.turn), held.latest(undefined)]).toEqual([e, S, undefined]);
  });

  it('releases the end of a turn that has ended, and the start of one that is open', () => {
    const held = holding(s, e, E, S);
    expect(held.release()).toEqual({ ends: [E], open: [S] });
    expect(held.isEmpty).toBe(true);
  });

  it('releases the latest draft of an open turn, unless it has resumed since', () => {
    expect(holding(s, u, e).release()).toEqual({ ends: [], open: [s, e] });
    expect(holding(s, e, r).release()).toEqual({ ends: [], open: [s] });
    expect(holding(s, e, r, f).release()).toEqual({ ends: [], open: [s, f] });
  });

  it('goes on holding the turn that is left out', () => {
    const held = holding(s, e, E, S);
    expect(held.release(S.turn)).toEqual({ ends: [E], open: [] });
    expect([held.has(s.turn), held.has(S.turn)]).toEqual([false, true]);
  });
});
