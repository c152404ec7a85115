import { configDefaults, defineConfig } from 'vitest/config';
import { variables } from './src/cli/environment.ts';

// Nothing here may reach a real service: every variable is set, to nothing, so that no `.env` fills it in either.
for (const name of variables) process.env[name] = '';

const file = (path: string) => new URL(path, import.meta.url).pathname;
const browser = ['test/browser/*.test.ts'];
const unit = [
  'audio',
  'emulator',
  'faults',
  'flux',
  'model',
  'mutants',
  'operators',
  'record',
  'rules',
  'testing',
  'tts',
  'wire',
].map((folder) => `test/${folder}/**/*.test.ts`);
const engines = ['test/local/speak.engines.test.ts', 'test/calls/*.test.ts'];

export default defineConfig({
  // The examples import the package by its name, as users do.
  resolve: {
    alias: [
      { find: /^sluice$/, replacement: file('src/index.ts') },
      { find: /^sluice\/testing$/, replacement: file('src/testing/index.ts') },
    ],
  },
  test: {
    expect: { requireAssertions: true },
    // By default one core of two would be left idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        // Tests that touch nothing global share their workers, which takes half the time.
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // The others: commands, processes, what spies on the process or loads modules anew.
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/live/**', 'test/soak/**', ...unit, ...engines, ...browser],
          typecheck: { include: [] },
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Calls in real time on real engines: one file at a time, when nothing else runs.
        extends: true,
        test: {
          name: 'engines',
          include: engines,
          typecheck: { include: [] },
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Pages in Chromium, which needs a core of its own, and is measured: when nothing else runs either.
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          typecheck: { include: [] },
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
