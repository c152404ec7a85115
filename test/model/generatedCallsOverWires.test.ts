import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCalls } from '../../src/testing/index.ts';

describe('the agent, with the codecs of Flux and Aura', () => {
  it('keeps every rule in 2,000 generated calls', { timeout: 120_000 }, () => {
    const coverage = checkCalls(fc, { wires: true, runs: 2000, seed: 8 });

    expect(coverage['draft kept']).toBeGreaterThan(200);
    expect(coverage.reconnect).toBeGreaterThan(50);
  });
});
