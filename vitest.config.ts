import { configDefaults, defineConfig } from 'vitest/config';
import { variables } from './src/cli/environment.ts';

// No test may reach a real service: every variable is set to the empty string, so that no `.env` fills it in.
for (const name of variables) process.env[name] = '';

const file = (path: string) => new URL(path, import.meta.url).pathname;

/** They run only when asked for: `npm run test:live`, `npm run test:soak`. */
const optIn = ['test/live/**', 'test/soak/**'];
/** Pages in Chromium, which are measured and need a core. */
const browser = ['test/browser/**/*.test.ts'];
/** Calls in real time on real engines, and the voice, which is timed. Other tests of engines run beside the rest. */
const engines = ['test/calls/**/*.test.ts', 'test/local/flite.engines.test.ts'];
/** Commands, processes, and tests that spy on the process or load modules again. */
const isolated = [
  'test/cli/**',
  'test/fuzz/**',
  'test/llm/**',
  'test/local/**',
  'test/package/**',
  'test/repo/**',
  'examples/**',
].map((folder) => `${folder}/*.test.ts`);

const entries = ['operators', 'testing', 'emulator', 'record', 'timeline'].map((name) => ({
  find: new RegExp(`^sluice/${name}$`, 'u'),
  replacement: file(name === 'operators' ? 'operators/index.ts' : `src/${name}/index.ts`),
}));

export default defineConfig({
  // Examples import the package by its name, as users do.
  resolve: { alias: [{ find: /^sluice$/u, replacement: file('src/index.ts') }, ...entries] },
  test: {
    expect: { requireAssertions: true },
    // The default leaves one core of two idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        // Every test that is not listed above, new folders included. They change nothing global, so they share their workers,
        // which halves the time.
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...optIn, ...browser, ...engines, ...isolated],
          typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: isolated,
          exclude: [...configDefaults.exclude, ...engines],
          typecheck: { include: [] },
          sequence: { groupOrder: 0 },
        },
      },
      {
        // One file at a time, while no other test runs.
        extends: true,
        test: {
          name: 'engines',
          include: engines,
          exclude: [...configDefaults.exclude, ...optIn],
          typecheck: { include: [] },
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // One file at a time, while no other test runs.
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
