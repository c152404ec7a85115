import { defineConfig } from 'vitest/config';

// Takes its time: calls over sockets for ten minutes (`SOAK_MINUTES`), and peers that never read.
export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    include: ['test/soak/**/*.test.ts'],
    maxWorkers: 1,
  },
});
