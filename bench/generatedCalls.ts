import fc from 'fast-check';
import { checkCalls } from 'sluice/testing';
import type { Figure } from './figure.ts';

const atOnce = 250;

export const generatedCalls: Figure = {
  what: 'generated calls checked in 10 s, on all cores',
  unit: 'calls',
  atLeast: 10_000,
  onEveryCore: true,
  measure: (core) => {
    const began = performance.now();
    let calls = 0;
    for (let round = 1; performance.now() - began < 10_000; round++) {
      checkCalls(fc, { runs: atOnce, seed: 1000 * core + round });
      calls += atOnce;
    }
    return (calls * 10_000) / (performance.now() - began);
  },
};
