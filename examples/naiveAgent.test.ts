import fc from 'fast-check';
import { checkCalls } from 'sluice/testing';
import { expect, it } from 'vitest';
import { naiveAgent } from './naiveAgent.ts';

/** Legal calls, without faults. */
const easy = { illegal: false, drops: false, faults: false, options: false, controls: false };

it('answers a caller who says the same twice only once', () => {
  expect(() => checkCalls(fc, { agent: naiveAgent, calls: easy })).toThrow(
    'has 4 Flux events (seed 1, path \'64:1:0:1:1:1:1:1:1:1:1:1\'):\n  unanswered, at 1200 ms: The model was never asked about "yes".',
  );
});
