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

describe('speculation within a budget', () => {
  it.each([
    ['past the codecs', false, 1500],
    ['through the wires', true, 400],
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
