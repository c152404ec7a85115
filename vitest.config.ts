import { configDefaults, defineConfig } from 'vitest/config';
import { variables } from './src/cli/environment.ts';

// Nothing here may reach a real service: every variable is set, to nothing, so that no `.env` fills it in either.
for (const name of variables) process.env[name] = '';

export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    exclude: [...configDefaults.exclude, 'test/live/**'],
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
