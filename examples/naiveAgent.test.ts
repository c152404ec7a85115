import fc from 'fast-check';
import { checkCalls } from 'sluice/testing';
import { expect, it } from 'vitest';
import { naiveAgent } from './naiveAgent.ts';

/** Calls as Flux makes them, with nothing that goes wrong. */
const easy = { illegal: false, drops: false, faults: false, options: false, controls: false };

it('is not: who says the same twice is answered once', () => {
  expect(() => checkCalls(fc, { agent: naiveAgent, calls: easy })).toThrow(
    'to 4 events of Flux (seed 1, path \'64:1:0:1:1:1:1:1:1:1:1:1\'):\n  unanswered, at 1200 ms: The model was never asked about "yes".',
  );
});
