import type { Scenario, SpeechScript } from '../../emulator/scenario/scenario.ts';
import { afterDrops, givenUp } from './afterDrops.ts';
import { faults as faultsOfFarSides } from './generatedFaults.ts';
import { misorder, misorders } from './misorder.ts';
import { agents, controlRows, models, voices } from './modelsAndVoices.ts';
import { told, type TurnStory } from './turnStory.ts';
import type { Arbitrary, FastCheck } from './fastCheck.ts';

/** What may happen in a generated call beside turns. Each but `farFaults` defaults to true. */
export interface CallsConfig {
  /** Turn events missing, twice, late, empty, of other turns: what Flux does not send and others do. */
  readonly illegal?: boolean;
  /** Lost connections, and a Flux that gives up. */
  readonly drops?: boolean;
  /** The model and the voice are slow, fail, stall, go on after they were told to stop. */
  readonly faults?: boolean;
  /** Faults of the far sides, of every kind (docs/faults.md), which act in calls through wires. Defaults to false. */
  readonly farFaults?: boolean;
  /** Options of the agent other than the defaults. */
  readonly options?: boolean;
  /** Controls: `say`, `interrupt`, typed text, `close` … */
  readonly controls?: boolean;
}

/**
 * Any call, for fast-check: an arbitrary of scenarios, small ones first.
 *
 *     import fc from 'fast-check';
 *     fc.assert(fc.property(calls(fc), (call) => simulate(call, { agent: mine }).violations.length === 0));
 *
 * fast-check is handed in, so that this entry needs it only where it is used.
 */
export function calls(fc: FastCheck, config: CallsConfig = {}): Arbitrary<Scenario> {
  const { illegal = true, drops = true, faults = true, farFaults = false, options = true, controls = true } = config;
  const seldom = <T>(often: number, arbitrary: Arbitrary<T>, without: T) =>
    fc.oneof({ withCrossShrink: true }, { weight: often, arbitrary: fc.constant(without) }, { weight: 1, arbitrary });

  const gap = fc.constantFrom(300, 0, 1, 80, 120, 200, 500, 900, 2500);
  const word = fc.constantFrom('yes', 'no', 'book', 'a', 'table', 'for', 'two', 'stop', 'hm', 'please', '3.5');
  const turn = fc.record<TurnStory>({
    gap,
    words: fc.array(word, { minLength: 1, maxLength: 5 }),
    steps: fc.array(fc.record({ gap, eager: fc.boolean() }), { maxLength: 4 }),
    end: gap,
    written: fc.boolean(),
    other: illegal ? seldom(8, fc.constant(true), false) : fc.constant(false),
  });
  const rows = fc
    .record({
      turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
      wrong: illegal ? seldom(2, fc.array(misorders(fc), { maxLength: 3 }), []) : fc.constant([]),
      dropsAfter: drops ? seldom(5, fc.array(fc.nat(20), { maxLength: 2 }), []) : fc.constant([]),
      fatalAfter: drops ? seldom<number | undefined>(19, fc.nat(20), undefined) : fc.constant(undefined),
      reconnectMs: drops ? fc.constantFrom(300, 0, 50) : fc.constant(300),
    })
    .map(({ turns, wrong, dropsAfter, fatalAfter, reconnectMs }) => ({
      flux: givenUp(afterDrops(misorder(told(turns), wrong), dropsAfter, reconnectMs), fatalAfter),
      reconnectMs,
    }));

  return fc
    .record({
      rows,
      model: faults ? models(fc) : fc.constant({}),
      speech: faults ? voices(fc) : fc.constant<SpeechScript>({}),
      agent: options ? fc.oneof(fc.constant({}), agents(fc), agents(fc)) : fc.constant({}),
      controls: controls ? seldom(2, fc.array(controlRows(fc), { maxLength: 3 }), []) : fc.constant([]),
      // below 0 the audio ends in the middle of a turn; a Flux that falls silent is noticed after 10 s
      tail: fc.constantFrom(1000, 0, 50, 3000, -400, -1500, ...(farFaults ? [14_000] : [])),
      seed: fc.nat(1000),
      ...(farFaults && { faults: faultsOfFarSides(fc) }),
    })
    .map(({ rows: { flux, reconnectMs }, controls, tail, speech, ...rest }): Scenario => {
      const endAt = Math.max(0, (flux.at(-1)?.at ?? 0) + tail);
      return {
        flux,
        reconnectMs,
        controls: controls.toSorted((one, other) => one.at - other.at),
        endAt,
        ...((speech.stall || farFaults) && { untilMs: endAt + 300_000 }), // each reply waits for its sound as long as it may
        speech,
        ...rest,
      };
    });
}
