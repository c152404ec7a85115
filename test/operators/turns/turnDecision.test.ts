import { describe, expect, it } from 'vitest';
import type { TurnType } from '../../../operators/events.ts';
import { turnDecision, type Situation } from '../../../operators/turns/turnDecision.ts';
import { turnEvent } from '../../../src/testing/turns.ts';

const start = turnEvent('StartOfTurn', 'yes');
const event = (type: TurnType, trigger?: string) =>
  type === 'StartOfTurn' ? start : turnEvent(type, 'yes', '0:0', trigger ? { trigger } : {});
const types = ['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'] as const;
const decisions = (situation: Partial<Situation>) =>
  types.map((type) => turnDecision(event(type), start, { held: 'speaking', isProtected: false, policy: {}, ...situation }));

describe('turnDecision', () => {
  it('lets every turn pass while the agent is silent', () => {
    expect(decisions({ held: 'nobody' })).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
  });

  it('cuts speech at StartOfTurn by default', () => {
    expect(decisions({})).toEqual(['cut', 'cut', 'cut', 'cut', 'cut']);
  });

  it('holds a turn that may not cut yet, and ignores it at its end', () => {
    expect(decisions({ policy: { minWords: 2 } })).toEqual(['pauseAWhile', 'hold', 'hold', 'hold', 'minWords']);
  });

  it('holds a turn that may never cut, and resumes a paused reply at its end', () => {
    expect(decisions({ policy: false })).toEqual(['hold', 'hold', 'hold', 'hold', 'resume']);
  });

  it('holds every turn over protected speech', () => {
    expect(decisions({ isProtected: true })).toEqual(['hold', 'hold', 'hold', 'hold', 'hold']);
  });

  it('ignores a backchannel over speech, protected or not', () => {
    const policy = { backchannels: ['yes'] };

    expect(decisions({ policy })).toEqual(['pauseAWhile', 'hold', 'hold', 'hold', 'backchannel']);
    expect(decisions({ policy, isProtected: true })).toEqual(['hold', 'hold', 'hold', 'hold', 'backchannel']);
  });

  it('pauses a thinking reply until the turn joins it', () => {
    expect(decisions({ held: 'thinking', policy: { minWords: 2 } })).toEqual(['pause', 'pause', 'cut', 'pause', 'cut']);
    expect(decisions({ held: 'thinking', policy: false })).toEqual(['pause', 'pause', 'cut', 'pause', 'cut']);
  });

  it('cuts for a typed turn whatever the policy, except over protected speech', () => {
    const typed = event('EndOfTurn', 'typed');
    const situation: Situation = { held: 'speaking', isProtected: false, policy: false };

    expect(turnDecision(typed, typed, situation)).toBe('cut');
    expect(turnDecision(typed, typed, { ...situation, isProtected: true })).toBe('hold');
  });
});
