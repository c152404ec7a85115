import { config } from 'dotenv';
import { defineConfig } from 'vitest/config';

// The one place where tests read keys: from the environment, or from `.env`.
config({ quiet: true });

export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    include: ['test/live/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
