import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCalls, type Coverage } from '../../src/testing/index.ts';

const shown = (runs: number, coverage: Coverage) =>
  `${runs} generated calls: ${Object.entries(coverage)
    .map(([situation, count]) => `${count} ${situation}`)
    .join(', ')}`;

describe('the agent', () => {
  it('keeps every rule in 20,000 generated calls', { timeout: 180_000 }, () => {
    const coverage = checkCalls(fc, { runs: 20_000, seed: 3 });

    console.log(shown(20_000, coverage));
    for (const [situation, count] of Object.entries(coverage)) expect(count, situation).toBeGreaterThanOrEqual(500);
  });
});
