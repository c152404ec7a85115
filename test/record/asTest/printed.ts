import { runInThisContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { expect } from 'vitest';
import * as testing from '../../../src/testing/index.ts';
import type { SimulateConfig } from '../../../src/testing/index.ts';

/**
 * Runs a vitest file that was printed, in this process: the titles of its tests. Throws what a test of it throws. `config` goes to
 * each simulation in it, as if the code were another.
 */
export function run(printed: string, config: SimulateConfig = {}): readonly string[] {
  const { code } = transformSync(printed, { loader: 'ts', format: 'cjs' });
  const titles: string[] = [];
  const it = (title: string, test: () => void) => {
    titles.push(title);
    test();
  };
  const simulate = (scenario: testing.Scenario) => testing.simulate(scenario, config);
  const entries: Readonly<Record<string, unknown>> = { vitest: { it, expect }, 'sluice/testing': { ...testing, simulate } };
  const module = runInThisContext(`(require, module) => { ${code} }`) as (require: unknown, module: object) => void;
  module((name: string) => entries[name], {});
  return titles;
}
