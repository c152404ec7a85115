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
  /** What may happen in them. Defaults to everything. */
  readonly calls?: CallsConfig;
  /** How many. Defaults to 1000. */
  readonly runs?: number;
  /** The same seed makes the same calls. Defaults to 1. */
  readonly seed?: number;
  /** Where fast-check is to begin, as a failure said: with it a counterexample is made at once. */
  readonly path?: string;
  /** Only these rules count. Defaults to all. */
  readonly rules?: readonly RuleName[];
  /** Through the codecs of Flux and Aura instead of past them: slower, and closer to life. Defaults to `false`. */
  readonly wires?: boolean;
  /** Hears what came of each call. */
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
 * Plays generated calls and holds each against the invariants. Says how many came to what.
 *
 *     it('survives any call', () => {
 *       checkCalls(fc, { agent: mine });
 *     });
 *
 * Throws `SluiceError` (`counterexample`) for the first call that breaks a rule, made as small as it gets: the rule, the call as a
 * timing chart, its scenario (to be kept as a test of its own), seed and path to have it again; the same as a value in `cause`
 * (`Counterexample`).
 */
export function checkCalls(fc: FastCheck, config: CheckCallsConfig = {}): Coverage {
  const { runs = 1000, seed = 1, path, rules, wires = false, calls: kinds, onCall, ...ours } = config;
  const unknown = rules?.find((rule) => !ruleNames.includes(rule));
  if (unknown !== undefined)
    throw new SluiceError('invalid', `There is no rule "${unknown}"; rules are ${ruleNames.join(', ')}.`);
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
  throw new SluiceError('counterexample', described(found, result, checked.numRuns), { cause: found });
}

function described({ scenario, violations, seed, path }: Counterexample, result: Result, runs: number): string {
  const rows = (scenario.flux ?? []).length;
  return [
    `Call ${runs} breaks what must hold of every call. Made small, to ${rows} events of Flux (seed ${seed}, path '${path}'):`,
    ...violations.map(({ rule, at, message }) => `  ${rule}, at ${at} ms: ${message}`),
    '',
    ...chart(result, 100),
    legend,
    '',
    JSON.stringify(scenario),
  ].join('\n');
}
