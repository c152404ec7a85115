import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { randomDelay } from '../../../src/emulator/faults/randomDelay.ts';
import { slowed } from '../../../src/emulator/faults/delayed.ts';
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import { Faults } from '../../../src/emulator/faults/faults.ts';
import { marbles } from '../../withMarbles.ts';

/** The longest wait of a timer of Node; a longer one fires at once. */
const longest = 2_147_483_647;

describe('a delay of a fault', () => {
  it('with its jitter is no longer than the longest timer', () => {
    expect(randomDelay({ ms: longest, jitterMs: longest }, () => 0.75)).toBe(longest);
    expect(randomDelay({ ms: longest, jitterMs: longest }, () => 0.25)).toBe(1_073_741_824);
  });

  it(
    'added to another is no longer than the longest timer',
    marbles((m) => {
      const slow: Fault = { service: 'chat', kind: 'slow', ms: longest };
      m.expect(of('a').pipe(slowed(new Faults([slow, slow]).next('chat')))).toBeObservable('2147483647ms (a|)');
    }),
  );
});
