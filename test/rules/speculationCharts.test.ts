import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speculateWithin } from '../../operators/turns/speculateWithin.ts';
import type { Reply, Scenario } from '../../src/emulator/scenario/scenario.ts';
import { calls } from '../../src/testing/calls/calls.ts';
import { inProcess } from '../../src/testing/inProcess.ts';
import type { Result } from '../../src/testing/result.ts';
import { simulate } from '../../src/testing/simulate.ts';

/** The answer to a turn, as far as a caller knows it: when it was first heard, and its first words. */
interface Answer {
  readonly at: number;
  readonly words: string | undefined;
}

function answersOf({ events, said }: Result): ReadonlyMap<string, Answer> {
  const turns = new Map<number, string>();
  const answers = new Map<string, Answer>();
  for (const event of events) {
    if (event.type === 'ReplyStarted' && event.turn !== undefined) turns.set(event.reply, event.turn);
    if (event.type !== 'SpeechStarted') continue;
    const turn = turns.get(event.reply);
    if (turn === undefined || answers.has(turn)) continue;
    answers.set(turn, { at: event.at, words: said.find(({ reply }) => reply === event.reply)?.text });
  }
  return answers;
}

/** A fault of the model strikes some requests and not others (`times`). */
const isUneven = ({ model }: Scenario) =>
  Array.isArray(model?.replies) &&
  (model.replies as readonly (string | Reply)[]).some((one) => typeof one === 'object' && one.times !== undefined);

/**
 * The same call, which can be held against itself without drafts: no control sets `eager`. Through the wires a voice is silent when
 * it is told to be: one that is not is late for whoever comes next, after an answer that began sooner and was cut as after a draft.
 */
function comparable(call: Scenario, wires: boolean): Scenario {
  const controls = (call.controls ?? []).map((control) => {
    if (!('set' in control)) return control;
    return { ...control, set: Object.fromEntries(Object.entries(control.set).filter(([name]) => name !== 'eager')) };
  });
  return { ...call, controls, ...(wires && { speech: { ...call.speech, lateMs: 0 } }) };
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
  it('sends drafts to speech up to half of the budget, and then only writes them', () => {
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

  it('drafts while any budget is left, and then asks at the end of the turn', () => {
    const kept = (draftsPerMinute: number) =>
      simulate(hesitant, { operators: { replyMap: speculateWithin({ draftsPerMinute }) } }).requests.map(({ draft }) => draft);

    expect(kept(2)).toEqual([true, true]);
    expect(kept(1)).toEqual([true, false]);
    expect(kept(0)).toEqual([false]);
  });

  it.each([
    ['past the codecs', false, 600],
    ['through the wires', true, 250],
  ])('makes no answer later than without drafts, in any call, %s', (_, wires, numRuns) => {
    let sooner = 0;
    let otherwise = 0;
    fc.assert(
      fc.property(calls(fc), seldom, (any, budget) => {
        const call = comparable(any, wires);
        const stages = () => (wires ? {} : inProcess(call));
        const without = answersOf(simulate(call, { stages: stages(), options: { eager: 'off' } }));
        const result = simulate(call, { stages: stages(), operators: { replyMap: speculateWithin(budget) } });
        const within = answersOf(result);

        const later = [...without].filter(([turn, { at, words }]) => {
          const answer = within.get(turn);
          if (answer !== undefined && answer.at < at) sooner++;
          if (answer !== undefined && answer.at <= at) return false;
          // a fault that strikes another request is another call: something else is said, or nothing
          if (!isUneven(call) || answer?.words === words) return true;
          otherwise++;
          return false;
        });
        expect({ later, violations: result.violations }).toEqual({ later: [], violations: [] });
      }),
      { numRuns, seed: 1 },
    );
    expect(sooner).toBeGreaterThan(numRuns / 100);
    expect(otherwise).toBeLessThan(numRuns / 100);
  });
});
