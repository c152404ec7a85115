import type { Scenario } from '../../emulator/scenario/scenario.ts';
import { SluiceError } from '../../errors.ts';
import { chart, legend } from '../timingChart.ts';
import { inProcess } from '../inProcess.ts';
import { ruleNames, type Result, type RuleName, type Violation } from '../result.ts';
import { simulate, type SimulateConfig } from '../simulate.ts';
import { calls, type CallsConfig } from './calls.ts';
import { reached, situations, type Coverage, type Situation } from './reached.ts';
import type { FastCheck } from './fastCheck.ts';

export interface CheckCallsConfig extends SimulateConfig {
  /** What the calls contain. Defaults to everything but `farFaults`. */
  readonly calls?: CallsConfig;
  /** The number of calls. Defaults to 1000. */
  readonly runs?: number;
  /** The seed of the calls. Defaults to 1. */
  readonly seed?: number;
  /** The path of a failure: with it, fast-check goes straight to the counterexample. */
  readonly path?: string;
  /** The rules to check. Defaults to all. */
  readonly rules?: readonly RuleName[];
  /** Plays the calls through the codecs of Flux and Aura: slower and more realistic. Defaults to `false`. */
  readonly wires?: boolean;
  /** Called with each call and its result. */
  readonly onCall?: (scenario: Scenario, result: Result) => void;
}

/** The `cause` of the error that `checkCalls` throws. */
export interface Counterexample {
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly seed: number;
  readonly path: string;
}

/**
 * Plays generated calls, checks each against the rules, and returns how many calls reached which situation.
 *
 *     it('survives any call', () => {
 *       checkCalls(fc, { agent: mine });
 *     });
 *
 * Throws `SluiceError` (`counterexample`) for the first call that breaks a rule, shrunk as far as possible. The message contains the
 * broken rules, a timing chart, the scenario (which can become a test), and the seed and path that reproduce it; the `cause` is the
 * same as a `Counterexample`.
 */
export function checkCalls(fc: FastCheck, config: CheckCallsConfig = {}): Coverage {
  const { runs = 1000, seed = 1, path, rules, wires = false, calls: kinds, onCall, ...ours } = config;
  const unknown = rules?.find((rule) => !ruleNames.includes(rule));
  if (unknown !== undefined)
    throw new SluiceError('invalid', `There is no rule "${unknown}". The rules are ${ruleNames.join(', ')}.`);
  const counts = Object.fromEntries(situations.map((situation) => [situation, 0])) as Record<Situation, number>;
  const play = (scenario: Scenario): Result => {
    const result = simulate(scenario, wires ? ours : { ...ours, stages: { ...inProcess(scenario), ...ours.stages } });
    return rules ? { ...result, violations: result.violations.filter(({ rule }) => rules.includes(rule)) } : result;
  };

  const checked = fc.check(
    fc.property(calls(fc, kinds), (scenario) => {
      const result = play(scenario);
      onCall?.(scenario, result);
      for (const situation of reached(scenario, result)) counts[situation]++;
      return result.violations.length === 0;
    }),
    { numRuns: runs, seed, ...(path !== undefined && { path }) },
  );
  if (!checked.failed) return counts;
  const [scenario] = checked.counterexample ?? [];
  if (!scenario) throw checked.errorInstance instanceof Error ? checked.errorInstance : new Error('fast-check gave up.');
  const result = play(scenario);
  const found: Counterexample = { scenario, violations: result.violations, seed, path: String(checked.counterexamplePath) };
  throw new SluiceError('counterexample', describe(found, result, checked.numRuns), { cause: found });
}

function describe({ scenario, violations, seed, path }: Counterexample, result: Result, runs: number): string {
  const rows = (scenario.flux ?? []).length;
  return [
    `Call ${runs} breaks a rule. The smallest call that does has ${rows} Flux events (seed ${seed}, path '${path}'):`,
    ...violations.map(({ rule, at, message }) => `  ${rule}, at ${at} ms: ${message}`),
    '',
    ...chart(result, 100),
    legend,
    '',
    JSON.stringify(scenario),
  ].join('\n');
}
