import { of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { withFallback } from '../../operators/core/withFallback.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { ModelError } from '../../src/errors.ts';
import type { Stages } from '../../src/agent/options.ts';
import { simulate } from '../../src/testing/simulate.ts';

const call: Scenario = {
  flux: [
    { at: 500, message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'Hello' } },
    { at: 1000, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'Hello there.' } },
  ],
  endAt: 8000,
};

const failing =
  (code: string): Stages['think'] =>
  () =>
    throwError(() => new ModelError(code, 'It is down.', { retryable: true, requestId: `req-${code}` }));
const well: Stages['think'] = () => of({ type: 'Token', text: 'Hello, you.' });

/** What went wrong, and what was heard. */
function outcome(think: Stages['think']) {
  const { events, history, violations } = simulate(call, { stages: { think } });
  const failures = events.flatMap((event) =>
    event.type === 'Failure' ? [[event.stage, event.code, event.requestId, event.recovered]] : [],
  );
  return { failures, heard: history.at(-1)?.content, violations };
}

describe('an agent with two models', () => {
  it('uses the second when the first fails, and reports it', () => {
    expect(outcome(withFallback(failing('busy'), well))).toEqual({
      failures: [['think', 'busy', 'req-busy', true]],
      heard: 'Hello, you.',
      violations: [],
    });
  });

  it('speaks the fallback line when both fail', () => {
    expect(outcome(withFallback(failing('busy'), failing('failed')))).toEqual({
      failures: [
        ['think', 'busy', 'req-busy', true],
        ['think', 'failed', 'req-failed', true],
      ],
      heard: 'I heard you say: Hello there.',
      violations: [],
    });
  });
});
