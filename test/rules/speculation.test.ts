import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import { speculateWithin } from '../../operators/speculateWithin.ts';
import type { Reply, Scenario } from '../../src/emulator/scenario.ts';
import { calls } from '../../src/testing/calls/calls.ts';
import { inProcess } from '../../src/testing/inProcess.ts';
import { simulate } from '../../src/testing/simulate.ts';

/** When the answer to each turn was first heard. */
function firstSounds(events: readonly AgentEvent[]): ReadonlyMap<string, number> {
  const answers = new Map<number, string>();
  const sounds = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'ReplyStarted' && event.turn !== undefined) answers.set(event.reply, event.turn);
    if (event.type !== 'SpeechStarted') continue;
    const turn = answers.get(event.reply);
    if (turn !== undefined && !sounds.has(turn)) sounds.set(turn, event.at);
  }
  return sounds;
}

/**
 * The same call with far sides that treat each request alike: what breaks the first request only breaks another one where there are
 * drafts, and a voice that speaks on after it was told to be silent is late for whoever comes next. No control sets `eager`.
 */
function evenhanded(call: Scenario): Scenario {
  const { replies, ...model } = call.model ?? {};
  const lasting = (Array.isArray(replies) ? (replies as readonly (string | Reply)[]) : []).map((reply) =>
    typeof reply === 'object' && reply.times !== undefined ? reply.say : reply,
  );
  return {
    ...call,
    model: { ...model, ...(lasting.length > 0 && { replies: lasting }) },
    speech: { ...call.speech, lateMs: 0 },
    controls: (call.controls ?? []).filter((control) => !('set' in control)),
  };
}

const seldom = fc.record({ draftsPerMinute: fc.constantFrom(0, 1, 2, 4), tokensPerMinute: fc.constantFrom(0, 3, 10, 100) });

/** A turn that is drafted twice: it goes on after the first draft, and ends at 3000. */
const hesitant: Scenario = {
  flux: [
    ['StartOfTurn', 100, 'Hello'],
    ['EagerEndOfTurn', 500, 'Hello.'],
    ['TurnResumed', 800, 'Hello you'],
    ['EagerEndOfTurn', 1500, 'Hello you.'],
    ['EndOfTurn', 3000, 'Hello you.'],
  ].map(([event, at, transcript]) => ({ at: Number(at), message: { type: 'TurnInfo', event, turn_index: 0, transcript } })),
  model: { firstTokenMs: 50, replies: ['Sure.'] },
};

describe('speculation within a budget', () => {
  it('lets drafts speak up to half of it, and then only write', () => {
    const said = (draftsPerMinute: number) =>
      simulate(hesitant, { operators: { replyMap: speculateWithin({ draftsPerMinute }) } }).said.map(({ reply, at }) => ({
        reply,
        early: at < 3000,
      }));

    expect(said(10)).toEqual([
      { reply: 1, early: true },
      { reply: 2, early: true },
    ]);
    expect(said(2)).toEqual([
      { reply: 1, early: true },
      { reply: 2, early: false },
    ]);
    expect(said(1)).toEqual([
      { reply: 1, early: true },
      { reply: 2, early: false },
    ]);
    expect(said(0)).toEqual([{ reply: 1, early: false }]);
  });

  it('drafts as long as there is any of it, and asks at the end then', () => {
    const kept = (draftsPerMinute: number) =>
      simulate(hesitant, { operators: { replyMap: speculateWithin({ draftsPerMinute }) } }).requests.map(({ draft }) => draft);

    expect(kept(2)).toEqual([true, true]);
    expect(kept(1)).toEqual([true, false]);
    expect(kept(0)).toEqual([false]);
  });

  it.each([
    ['past the codecs', false, 800],
    ['through the wires', true, 300],
  ])('makes no answer later than without drafts, in any call, %s', (_, wires, numRuns) => {
    let sooner = 0;
    fc.assert(
      fc.property(calls(fc).map(evenhanded), seldom, (call, budget) => {
        const stages = () => (wires ? {} : inProcess(call));
        const without = firstSounds(simulate(call, { stages: stages(), options: { eager: 'off' } }).events);
        const result = simulate(call, { stages: stages(), operators: { replyMap: speculateWithin(budget) } });
        const within = firstSounds(result.events);

        const later = [...without].filter(([turn, at]) => !((within.get(turn) ?? Infinity) <= at));
        if ([...without].some(([turn, at]) => (within.get(turn) ?? 0) < at)) sooner++;
        expect({ later, violations: result.violations }).toEqual({ later: [], violations: [] });
      }),
      { numRuns, seed: 1 },
    );
    expect(sooner).toBeGreaterThan(numRuns / 100);
  });
});
