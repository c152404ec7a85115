import type FastCheck from 'fast-check';
import type { Scenario } from '../../emulator/scenario.ts';
import { SluiceError } from '../../errors.ts';
import { chart, legend } from '../chart.ts';
import { inProcess } from '../inProcess.ts';
import type { Result } from '../result.ts';
import { simulate, type SimulateConfig } from '../simulate.ts';
import { calls, type CallsConfig } from './calls.ts';
import { reached, situations, type Coverage, type Situation } from './reached.ts';

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
  readonly rules?: readonly string[];
  /** Through the codecs of Flux and Aura instead of past them: slower, and closer to life. Defaults to `false`. */
  readonly wires?: boolean;
}

/**
 * Plays generated calls and holds each against the invariants. Says how many came to what.
 *
 *     it('survives any call', () => {
 *       checkCalls(fc, { agent: mine });
 *     });
 *
 * Throws `SluiceError` (`counterexample`) for the first call that breaks a rule, made as small as it gets: the rule, the call as a
 * timing chart, its scenario (to be kept as a test of its own), seed and path to have it again.
 */
export function checkCalls(fc: typeof FastCheck, config: CheckCallsConfig = {}): Coverage {
  const { runs = 1000, seed = 1, path, rules, wires = false, calls: kinds, ...ours } = config;
  const counts = Object.fromEntries(situations.map((situation) => [situation, 0])) as Record<Situation, number>;
  const play = (scenario: Scenario): Result => {
    const result = simulate(scenario, wires ? ours : { ...ours, stages: { ...inProcess(scenario), ...ours.stages } });
    return rules ? { ...result, violations: result.violations.filter(({ rule }) => rules.includes(rule)) } : result;
  };

  const checked = fc.check(
    fc.property(calls(fc, kinds), (scenario) => {
      const result = play(scenario);
      for (const situation of reached(scenario, result)) counts[situation]++;
      return result.violations.length === 0;
    }),
    { numRuns: runs, seed, ...(path !== undefined && { path }) },
  );
  if (!checked.failed) return counts;
  const { counterexample, counterexamplePath, numRuns, errorInstance } = checked;
  const [scenario] = counterexample ?? [];
  if (!scenario) throw errorInstance instanceof Error ? errorInstance : new Error('fast-check gave up.');
  throw new SluiceError(
    'counterexample',
    described(scenario, play(scenario), `seed ${seed}, path ${String(counterexamplePath)}`, numRuns),
  );
}

function described(scenario: Scenario, result: Result, again: string, runs: number): string {
  const rules = result.violations.map(({ rule, at, message }) => `  ${rule}, at ${at} ms: ${message}`);
  const rows = (scenario.flux ?? []).length;
  return [
    `A call breaks what must hold of every call (${again}, the ${runs}. call, made small: ${rows} events of Flux):`,
    ...rules,
    '',
    ...chart(result, 100),
    legend,
    '',
    JSON.stringify(scenario),
  ].join('\n');
}
