import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../operators/events.ts';
import type { FluxRow, Scenario } from '../../../src/emulator/scenario/scenario.ts';
import type { TurnInfo } from '../../../src/flux/messages.ts';
import { readRecording } from '../../../src/record/file/readRecording.ts';
import { replay } from '../../../src/record/replay/replay.ts';
import type { Thresholds } from '../../../src/record/tune/thresholds.ts';
import { messagesOfCaller, type SpokenPart } from '../scriptedCallers.ts';
import { recorded } from '../recordedCall.ts';

/** A message of Flux about a turn; it covers the audio up to that moment. */
const said = (at: number, event: string, turn_index: number, transcript: string, confidence: number): FluxRow => ({
  at,
  message: {
    type: 'TurnInfo',
    event,
    turn_index,
    transcript,
    end_of_turn_confidence: confidence,
    audio_window_start: 0,
    audio_window_end: at / 1000,
    words: [],
  },
});

/** Recorded with a threshold of 0.9: a pause in the middle with half the confidence, and one at the end. */
const pausing: Scenario = {
  flux: [
    said(500, 'StartOfTurn', 0, 'Book a table.', 0.1),
    said(750, 'Update', 0, 'Book a table.', 0.4),
    said(1000, 'Update', 0, 'Book a table.', 0.6),
    said(1250, 'Update', 0, 'Book a table. For four', 0.1),
    said(1500, 'Update', 0, 'Book a table. For four.', 0.5),
    said(1750, 'Update', 0, 'Book a table. For four.', 0.7),
    said(2000, 'EndOfTurn', 0, 'Book a table. For four.', 0.95),
  ],
  model: { replies: ['Done.'] },
};

const recordedWith = (scenario: Scenario, listen: Thresholds) => readRecording(recorded(scenario, { options: { listen } }).lines);
const whatIf = (scenario: Scenario, recordedAt: Thresholds, thresholds: Thresholds) =>
  replay(recordedWith(scenario, recordedAt), { thresholds });

/** When which turn began, was drafted, resumed and ended, with its words. */
const turnsOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) =>
    event.type === 'StartOfTurn' || event.type === 'EagerEndOfTurn' || event.type === 'TurnResumed' || event.type === 'EndOfTurn'
      ? [[event.at, event.type, event.turn, event.transcript]]
      : [],
  );
const textsOf = (events: readonly AgentEvent[]) => events.flatMap((event) => (event.type === 'TurnTaken' ? [event.text] : []));

const reached = 'when exactly these thresholds were reached, only the next Update, up to 250 ms later';
const ended = 'what Flux would have sent about a turn that it had ended';

describe('replay with other thresholds', () => {
  it('ends a turn where the threshold was reached, and answers the rest as another turn', () => {
    const { events, guesses, difference } = whatIf(pausing, { eotThreshold: 0.9 }, { eotThreshold: 0.6 });
    expect(turnsOf(events)).toStrictEqual([
      [500, 'StartOfTurn', '0:0', 'Book a table.'],
      [1000, 'EndOfTurn', '0:0', 'Book a table.'],
      [1250, 'StartOfTurn', '0:1', 'For four'],
      [1750, 'EndOfTurn', '0:1', 'For four.'],
    ]);
    expect(difference).toMatchObject({ recorded: { type: 'Update', at: 1000 }, replayed: { type: 'EndOfTurn', at: 1000 } });
    expect(guesses[0]).toStrictEqual({ at: 1000, what: reached, turns: ['0:0', '0:1'] });
    expect(textsOf(events).join(' ')).toContain('For four.');
  });

  it('starts drafts where the recording had none, and keeps the recorded end-of-turn threshold', () => {
    const { events } = whatIf(pausing, { eotThreshold: 0.9 }, { eagerEotThreshold: 0.5 });
    expect(turnsOf(events)).toStrictEqual([
      [500, 'StartOfTurn', '0:0', 'Book a table.'],
      [1000, 'EagerEndOfTurn', '0:0', 'Book a table.'],
      [1250, 'TurnResumed', '0:0', 'Book a table. For four'],
      [1500, 'EagerEndOfTurn', '0:0', 'Book a table. For four.'],
      [2000, 'EndOfTurn', '0:0', 'Book a table. For four.'],
    ]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'DraftDropped', at: 1250, reason: 'resumed' }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'ReplyStarted', at: 2000, drafted: true }));
  });

  it('lets a turn go on that had ended, and lists that as a guess', () => {
    const two: Scenario = {
      flux: [
        said(500, 'StartOfTurn', 0, 'Book a table.', 0.1),
        said(1000, 'EndOfTurn', 0, 'Book a table.', 0.7),
        said(1250, 'StartOfTurn', 1, 'For four.', 0.1),
        said(1500, 'Update', 1, 'For four.', 0.8),
        said(1750, 'EndOfTurn', 1, 'For four.', 0.95),
      ],
      model: { replies: ['Done.'] },
    };
    const { events, guesses } = whatIf(two, {}, { eotThreshold: 0.9 });
    expect(turnsOf(events)).toStrictEqual([
      [500, 'StartOfTurn', '0:0', 'Book a table.'],
      [1750, 'EndOfTurn', '0:0', 'Book a table. For four.'],
    ]);
    expect(textsOf(events)).toStrictEqual(['Book a table. For four.']);
    expect(guesses).toContainEqual({ at: 1750, what: ended, turns: ['0:0'] });
  });

  it('ends a turn after the given timeout', () => {
    const quiet: Scenario = {
      flux: [
        said(500, 'StartOfTurn', 0, 'Book a table', 0.1),
        said(750, 'Update', 0, 'Book a table', 0.2),
        said(1000, 'Update', 0, 'Book a table', 0.2),
        said(1250, 'Update', 0, 'Book a table', 0.2),
        said(1500, 'Update', 0, 'Book a table', 0.2),
        said(5500, 'EndOfTurn', 0, 'Book a table', 0.2),
      ],
      model: { replies: ['Done.'] },
    };
    const { events } = whatIf(quiet, {}, { eotTimeoutMs: 1000 }); // the words came last with the message at 500
    expect(turnsOf(events).at(-1)).toStrictEqual([1500, 'EndOfTurn', '0:0', 'Book a table']);
  });

  it('ends an open turn when the audio ends, by ForceEndTurn', () => {
    const { events } = whatIf({ ...pausing, endAt: 2500 }, { eotThreshold: 0.9 }, { eotThreshold: 1 });
    const end = events.find(({ type }) => type === 'EndOfTurn');
    expect(end).toMatchObject({ transcript: 'Book a table. For four.', trigger: 'manual' });
    expect(end!.at).toBeLessThan(2500 + 1100); // a second of quiet, and no 5 s for an answer that does not come
    expect(events.at(-1)).toMatchObject({ type: 'Closed' });
  });

  it('gives the recorded call with the thresholds of the recording', () => {
    const { difference, guesses, shiftMs } = whatIf(pausing, { eotThreshold: 0.9 }, { eotThreshold: 0.9 });
    expect({ difference, guesses, shiftMs }).toStrictEqual({ difference: undefined, guesses: [], shiftMs: 0 });
  });

  it('lists the confidence of an emulated Flux as a guess', () => {
    const { lines } = recorded(pausing, { options: { listen: { eotThreshold: 0.9, emulated: true } } });
    const { guesses } = replay(readRecording(lines), { thresholds: { eotThreshold: 0.9 } });
    expect(guesses).toStrictEqual([{ at: 0, what: 'the confidence of a real Flux: it was emulated' }]);
  });

  it('refuses thresholds that Flux would refuse beside those of the recording', () => {
    const recording = recordedWith(pausing, { eotThreshold: 0.6 });
    expect(() => replay(recording, { thresholds: { eagerEotThreshold: 0.7 } })).toThrow(
      'The Flux option eagerEotThreshold (0.7) must not be above eotThreshold (0.6).',
    );
  });

  it('turns a call recorded with a high threshold into the call with a lower one, to one Update', () => {
    // a pause that ends a turn lasts one Update longer than the confidence takes to reach the threshold
    const said = { words: fc.integer({ min: 1, max: 4 }), wordMs: fc.integer({ min: 20, max: 40 }).map((n) => 10 * n) };
    const tens = (min: number, max: number) => fc.integer({ min: min / 10, max: max / 10 }).map((n) => 10 * n);
    const slope = fc.constantFrom(0.5, 0.8);
    const stretch: fc.Arbitrary<SpokenPart> = fc.oneof(
      fc.record({ ...said, slope, peak: fc.constant(0.3), pauseMs: tens(300, 2500) }),
      fc.record({ ...said, slope, peak: fc.constant(1), pauseMs: tens(1700, 2500) }),
    );
    const scenarioOf = (caller: readonly SpokenPart[], settings: Thresholds): Scenario => ({
      flux: (messagesOfCaller(caller, settings).slice(1) as readonly TurnInfo[]).map(
        (message) => ({ at: Math.round(1000 * message.audio_window_end), message }) as unknown as FluxRow,
      ),
      model: { replies: ['Yes.'] },
    });
    const settings = fc.constantFrom<Thresholds>({ eotThreshold: 0.7 }, { eotThreshold: 0.6, eagerEotThreshold: 0.4 });
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 4 }), settings, (caller, thresholds) => {
        const high = { eotThreshold: 0.95 };
        const { events } = whatIf(scenarioOf(caller, high), high, thresholds);
        const [replayed, truth] = [events, recorded(scenarioOf(caller, thresholds)).events].map((all) =>
          turnsOf(all).filter(([, type]) => type === 'EndOfTurn'),
        ) as [ReturnType<typeof turnsOf>, ReturnType<typeof turnsOf>];
        expect(replayed.map(([, , turn, text]) => [turn, text])).toStrictEqual(truth.map(([, , turn, text]) => [turn, text]));
        const apart = replayed.map(([at], n) => Math.abs(Number(at) - Number(truth[n]?.[0])));
        expect(Math.max(0, ...apart)).toBeLessThanOrEqual(250);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
