import * as fs from 'node:fs';
import { runInThisContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { expect } from 'vitest';
import * as record from '../../../src/record/index.ts';
import * as testing from '../../../src/testing/index.ts';
import type { Scenario, SimulateConfig } from '../../../src/testing/index.ts';

export interface RunConfig extends SimulateConfig {
  /** Changes the scenario before it is played. */
  readonly change?: (scenario: Scenario) => Scenario;
  /** Where the test file is. */
  readonly url?: URL;
}

/**
 * Runs a vitest file that was printed, in this process, and returns the titles of its tests. Throws what a test of it throws. `config`
 * goes to each simulation in it.
 */
export function run(printed: string, { change = (scenario) => scenario, url, ...config }: RunConfig = {}): readonly string[] {
  const { code } = transformSync(printed, {
    loader: 'ts',
    format: 'cjs',
    define: { 'import.meta.url': JSON.stringify(url?.href ?? '') },
  });
  const titles: string[] = [];
  const it = (title: string, test: () => void) => {
    titles.push(title);
    test();
  };
  const simulate = (scenario: Scenario) => testing.simulate(change(scenario), config);
  const modules: Readonly<Record<string, unknown>> = {
    vitest: { it, expect },
    'sluice/testing': { ...testing, simulate },
    'sluice/record': record,
    'node:fs': fs,
  };
  const module = runInThisContext(`(require, module) => { ${code} }`) as (require: unknown, module: object) => void;
  module((name: string) => modules[name], {});
  return titles;
}
