import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../operators/events.ts';
import { compared } from '../../../src/record/replay/compared.ts';

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

describe('compared', () => {
  it('finds calls the same whose events are a little apart, and says how much', () => {
    const then = [taken(100, '0:0'), begun(100, 1), ended(900, 1, 'Sure,')];
    const now = [taken(100, '0:0'), begun(104, 1), ended(900, 1, 'Sure,')];
    expect(compared(then, now)).toStrictEqual({ shiftMs: 4 });
  });

  it('finds a difference where they are more than 100 ms apart', () => {
    expect(compared([taken(100, '0:0')], [taken(200, '0:0')])).toStrictEqual({ shiftMs: 100 });
    expect(compared([taken(100, '0:0')], [taken(201, '0:0')]).difference).toMatchObject({ fields: ['at'] });
  });

  it('does not mind the order of events of different turns and replies', () => {
    expect(compared([taken(100, '0:1'), begun(100, 1)], [begun(101, 1), taken(101, '0:1')]).difference).toBeUndefined();
  });

  it('minds the order of events of one reply', () => {
    const then = [begun(100, 1), ended(100, 1, '')];
    expect(compared(then, then.toReversed()).difference).toMatchObject({ fields: ['type'] });
  });

  it('does not mind whether a token came just before a turn was over or just after', () => {
    const token = (at: number): AgentEvent => ({ type: 'Token', reply: 1, text: ' Say', ...stamp(at) });
    expect(compared([begun(100, 1), token(101)], [token(96), begun(100, 1)]).difference).toBeUndefined();
    expect(compared([begun(100, 1), token(101)], [begun(100, 1)]).difference).toMatchObject({ recorded: { type: 'Token' } });
    const dropped = (at: number) => ended(at, 1, '');
    expect(compared([token(101), dropped(150)], [dropped(150)]).difference).toBeUndefined();
    expect(compared([token(101), dropped(250)], [dropped(250)]).difference).toBeDefined();
  });

  it('does not count how often the clock told how far a reply was heard', () => {
    expect(compared([begun(100, 1), heard(200, 1)], [begun(100, 1)]).difference).toBeUndefined();
  });

  it('tells of the first difference in time, whosever it is', () => {
    const then = [taken(100, '0:0'), begun(200, 1), taken(900, '0:1')];
    const now = [taken(100, '0:0'), begun(200, 2), taken(900, '0:1', 'No.')];
    const early = compared([taken(900, '0:1'), begun(200, 1)], [taken(900, '0:1', 'No.'), begun(200, 2)]);
    expect(early.difference).toMatchObject({ recorded: { type: 'ReplyStarted', at: 200 }, fields: [] });
    expect(compared(then, now).difference).toMatchObject({ recorded: { type: 'ReplyStarted', at: 200 } });
  });

  it('allows a word more or less where a reply was cut, and nowhere else', () => {
    expect(compared([ended(500, 1, 'Sure,')], [ended(500, 1, 'Sure, at')]).difference).toBeUndefined();
    expect(compared([ended(500, 1, '')], [ended(500, 1, 'Sure, at')]).difference).toMatchObject({ fields: ['heard'] });
    expect(compared([ended(500, 1, 'Sure,')], [ended(500, 1, 'Fine')]).difference).toMatchObject({ fields: ['heard'] });
    expect(compared([ended(500, 1, 'Sure,', false)], [ended(500, 1, 'Sure, at', false)]).difference).toBeDefined();
  });

  it('does not miss what had no time to happen before the call was left', () => {
    expect(compared([taken(100, '0:0')], [taken(100, '0:0'), begun(450, 1)], { leftAt: 500 }).difference).toBeUndefined();
    expect(compared([taken(100, '0:0')], [taken(100, '0:0'), begun(300, 1)], { leftAt: 500 }).difference).toBeDefined();
  });

  it('looks at the shape alone of what is redacted', () => {
    expect(compared([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xy z.')], { redacted: true }).difference).toBeUndefined();
    expect(compared([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xyz z.')], { redacted: true }).difference).toBeDefined();
    expect(compared([taken(1, '0:0', 'Ab c.')], [taken(1, '0:0', 'Xy z.')]).difference).toBeDefined();
  });
});
