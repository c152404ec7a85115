import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../operators/events.ts';
import { compareCalls, type CompareConfig } from '../../../src/record/replay/compareCalls.ts';

let id = 0;
const stamp = (at: number) => ({ id: ++id, at });
const taken = (at: number, turn: string, text = 'Hello.'): AgentEvent => ({ type: 'TurnTaken', turn, text, ...stamp(at) });
const begun = (at: number, reply: number): AgentEvent => ({ type: 'ReplyStarted', reply, drafted: false, ...stamp(at) });
const heard = (at: number, reply: number): AgentEvent => ({ type: 'Heard', reply, heardMs: 100, text: 'Sure', ...stamp(at) });
const ended = (at: number, reply: number, said: string, interrupted = true): AgentEvent => ({
  type: 'ReplyEnded',
  reply,
  text: 'Sure, at eight.',
  heard: said,
  heardMs: at,
  audioMs: 900,
  interrupted,
  ...stamp(at),
});

/** The first difference. */
const difference = (one: readonly AgentEvent[], other: readonly AgentEvent[], config?: CompareConfig) =>
  compareCalls(one, other, config).differences[0];

describe('compareCalls', () => {
  it('finds calls equal whose events are a little apart, and gives the largest shift', () => {
    const then = [taken(100, '0:0'), begun(100, 1), ended(900, 1, 'Sure,')];
    const now = [taken(100, '0:0'), begun(104, 1), ended(900, 1, 'Sure,')];
    expect(compareCalls(then, now)).toStrictEqual({ differences: [], shiftMs: 4 });
  });

  it('finds a difference where they are more than 100 ms apart', () => {
    expect(compareCalls([taken(100, '0:0')], [taken(200, '0:0')])).toStrictEqual({ differences: [], shiftMs: 100 });
    expect(difference([taken(100, '0:0')], [taken(201, '0:0')])).toMatchObject({ fields: ['at'] });
  });

  it('ignores the order of events between turns and replies', () => {
    expect(difference([taken(100, '0:1'), begun(100, 1)], [begun(101, 1), taken(101, '0:1')])).toBeUndefined();
  });

  it('compares the order of events of one reply', () => {
    const then = [begun(100, 1), ended(100, 1, '')];
    expect(difference(then, then.toReversed())).toMatchObject({ fields: ['type'] });
  });

  it('ignores whether a token came just before or just after the end of a turn', () => {
    const token = (at: number): AgentEvent => ({ type: 'Token', reply: 1, text: ' Say', ...stamp(at) });
    expect(difference([begun(100, 1), token(101)], [token(96), begun(100, 1)])).toBeUndefined();
    expect(difference([begun(100, 1), token(101)], [begun(100, 1)])).toMatchObject({ recorded: { type: 'Token' } });
    const dropped = (at: number) => ended(at, 1, '');
    expect(difference([token(101), dropped(150)], [dropped(150)])).toBeUndefined();
    expect(difference([token(101), dropped(250)], [dropped(250)])).toBeDefined();
  });

  it('ignores how often Heard was emitted', () => {
    expect(difference([begun(100, 1), heard(200, 1)], [begun(100, 1)])).toBeUndefined();
  });

  it('gives the earliest difference first, of whichever turn or reply', () => {
    const then = [taken(100, '0:0'), begun(200, 1), taken(900, '0:1')];
    const now = [taken(100, '0:0'), begun(200, 2), taken(900, '0:1', 'No.')];
    const early = difference([taken(900, '0:1'), begun(200, 1)], [taken(900, '0:1', 'No.'), begun(200, 2)]);
    expect(early).toMatchObject({ recorded: { type: 'ReplyStarted', at: 200 }, fields: [] });
    expect(difference(then, now)).toMatchObject({ recorded: { type: 'ReplyStarted', at: 200 } });
  });

  it('allows one word more or less where a reply was interrupted, and nowhere else', () => {
    expect(difference([ended(500, 1, 'Sure,')], [ended(500, 1, 'Sure, at')])).toBeUndefined();
    expect(difference([ended(500, 1, '')], [ended(500, 1, 'Sure, at')])).toMatchObject({ fields: ['heard'] });
    expect(difference([ended(500, 1, 'Sure,')], [ended(500, 1, 'Fine')])).toMatchObject({ fields: ['heard'] });
    expect(difference([ended(500, 1, 'Sure,', false)], [ended(500, 1, 'Sure, at', false)])).toBeDefined();
  });

  it('ignores events that are missing just before the call was left', () => {
    expect(difference([taken(100, '0:0')], [taken(100, '0:0'), begun(450, 1)], { leftAt: 500 })).toBeUndefined();
    expect(difference([taken(100, '0:0')], [taken(100, '0:0'), begun(300, 1)], { leftAt: 500 })).toBeDefined();
  });

  it('compares only the shape of redacted texts', () => {
    expect(difference([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xy z.')], { redacted: true })).toBeUndefined();
    expect(difference([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xyz z.')], { redacted: true })).toBeDefined();
    expect(difference([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xy z.')])).toBeDefined();
  });
});
