import type { Scenario, SpeechScript } from '../../emulator/scenario/scenario.ts';
import { afterDrops, withFatalError } from './afterDrops.ts';
import { faults as serviceFaults } from './generatedFaults.ts';
import { misorder, misorders } from './misorder.ts';
import { agents, controlRows, models, voices } from './modelsAndVoices.ts';
import { turnRows, type TurnStory } from './turnStory.ts';
import type { Arbitrary, FastCheck } from './fastCheck.ts';

/** What generated calls contain beside legal turns. Each defaults to true, except `farFaults`. */
export interface CallsConfig {
  /** Turn events that are missing, repeated, late, empty or of other turns: Flux does not send them, other recognisers do. */
  readonly illegal?: boolean;
  /** Lost connections and fatal errors of Flux. */
  readonly drops?: boolean;
  /** Models and voices that are slow, fail, stall, or go on after an abort. */
  readonly faults?: boolean;
  /** Faults of the services, of every kind (docs/faults.md), for calls through wires. Defaults to false. */
  readonly farFaults?: boolean;
  /** Options of the agent. */
  readonly options?: boolean;
  /** Controls: `say`, `interrupt`, typed text, `close` … */
  readonly controls?: boolean;
}

/**
 * An arbitrary of calls for fast-check: scenarios, small ones first.
 *
 *     import fc from 'fast-check';
 *     fc.assert(fc.property(calls(fc), (call) => simulate(call, { agent: mine }).violations.length === 0));
 *
 * You pass fast-check in, so this package does not depend on it.
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
      flux: withFatalError(afterDrops(misorder(turnRows(turns), wrong), dropsAfter, reconnectMs), fatalAfter),
      reconnectMs,
    }));

  return fc
    .record({
      rows,
      model: faults ? models(fc) : fc.constant({}),
      speech: faults ? voices(fc) : fc.constant<SpeechScript>({}),
      agent: options ? fc.oneof(fc.constant({}), agents(fc), agents(fc)) : fc.constant({}),
      controls: controls ? seldom(2, fc.array(controlRows(fc), { maxLength: 3 }), []) : fc.constant([]),
      // below 0 the audio ends in the middle of a turn; a silent Flux is noticed after 10 s
      tail: fc.constantFrom(1000, 0, 50, 3000, -400, -1500, ...(farFaults ? [14_000] : [])),
      seed: fc.nat(1000),
      ...(farFaults && { faults: serviceFaults(fc) }),
    })
    .map(({ rows: { flux, reconnectMs }, controls, tail, speech, ...rest }): Scenario => {
      const endAt = Math.max(0, (flux.at(-1)?.at ?? 0) + tail);
      return {
        flux,
        reconnectMs,
        controls: controls.toSorted((one, other) => one.at - other.at),
        endAt,
        ...((speech.stall || farFaults) && { untilMs: endAt + 300_000 }), // each reply waits for its sound until its time limit
        speech,
        ...rest,
      };
    });
}
