import { configDefaults, defineConfig } from 'vitest/config';
import { variables } from './src/cli/environment.ts';

// Nothing here may reach a real service: every variable is set, to nothing, so that no `.env` fills it in either.
for (const name of variables) process.env[name] = '';

const file = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  // The examples import the package by its name, as users do.
  resolve: { alias: [{ find: /^sluice$/, replacement: file('src/index.ts') }] },
  test: {
    expect: { requireAssertions: true },
    exclude: [...configDefaults.exclude, 'test/live/**'],
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
