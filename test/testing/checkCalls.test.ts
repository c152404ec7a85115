import fc from 'fast-check';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/errors.ts';
import {
  calls,
  checkCalls,
  parseScenario,
  simulate,
  type CheckCallsConfig,
  type Counterexample,
} from '../../src/testing/index.ts';
import { mutants } from '../mutants/mutants.ts';

const neverCuts = mutants.find(({ rule }) => rule === 'uncut')!;

function caught(config: CheckCallsConfig): { readonly message: string; readonly found: Counterexample } {
  try {
    checkCalls(fc, config);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'counterexample')
      return { message: error.message, found: error.cause as Counterexample };
    throw error;
  }
  throw new Error('Nothing was found.');
}

describe('checkCalls', () => {
  it('counts the calls that reached each situation, the same for the same seed', () => {
    const coverage = checkCalls(fc, { runs: 50, seed: 4 });

    expect(Object.values(coverage).some((count) => count > 0)).toBe(true);
    expect(checkCalls(fc, { runs: 50, seed: 4 })).toEqual(coverage);
    expect(checkCalls(fc, { runs: 50, seed: 5 })).not.toEqual(coverage);
  });

  it('shrinks a call that breaks a rule, and shows it', () => {
    const { message, found } = caught({ operators: neverCuts.operators, rules: ['uncut'] });
    const lines = message.split('\n');

    expect(found.scenario.flux!.length).toBeLessThanOrEqual(4);
    expect(lines[1]).toMatch(/^ {2}uncut, at \d+ ms: Reply 1 goes on/u);
    expect(lines.find((line) => line.startsWith('caller'))).toMatch(/s-+E +s/u);
    expect(lines.find((line) => line.startsWith('agent'))).toMatch(/#/u);
    expect(JSON.parse(lines.at(-1)!)).toEqual(found.scenario);
  });

  it('reproduces the call from its seed and path', () => {
    const config: CheckCallsConfig = { operators: neverCuts.operators, rules: ['uncut'], seed: 9 };
    const { found } = caught(config);

    expect(caught({ ...config, path: found.path, runs: 1 }).found.scenario).toEqual(found.scenario);
  });

  it('shows a scenario that breaks the rule by itself', () => {
    const { found } = caught({ operators: neverCuts.operators, rules: ['uncut'] });

    expect(simulate(found.scenario, { operators: neverCuts.operators }).violations.map(({ rule }) => rule)).toContain('uncut');
    expect(simulate(found.scenario).violations).toEqual([]);
  });

  it('refuses an unknown rule', () => {
    expect(() => checkCalls(fc, { rules: ['unanswerd' as 'unanswered'] })).toThrow('There is no rule "unanswerd"');
  });

  it('reports an error that an agent throws', () => {
    const agent = () => {
      throw new TypeError('mine');
    };

    expect(caught({ agent, runs: 1 }).found.violations[0]).toMatchObject({
      rule: 'threw',
      message: 'The call failed with an error that it had not reported: TypeError: mine',
    });
  });

  it('finds a violation of an agent that does nothing', () => {
    expect(caught({ agent: () => EMPTY }).found.violations[0]).toMatchObject({ rule: 'early' });
  });
});

describe('calls', () => {
  it('are valid scenarios', () => {
    fc.assert(
      fc.property(calls(fc), (scenario) => {
        expect(() => parseScenario(JSON.stringify(scenario))).not.toThrow();
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('leave out what the config excludes', () => {
    const plain = calls(fc, { illegal: false, drops: false, faults: false, options: false, controls: false });
    const sample = fc.sample(plain, { numRuns: 200, seed: 2 });

    expect(
      sample.every(
        ({ agent, model, speech, controls }) => Object.keys({ ...agent, ...model, ...speech }).length + controls!.length === 0,
      ),
    ).toBe(true);
    expect(checkCalls(fc, { calls: { illegal: false }, runs: 200 }).illegal).toBe(0);
    expect(checkCalls(fc, { calls: { drops: false }, runs: 200 }).reconnect).toBe(0);
  });
});
