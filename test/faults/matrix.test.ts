import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { written } from '../../fixtures/make-faults.ts';
import { expected, outcomeOf } from './expectedOutcomes.ts';
import { kinds } from './faultsOf.ts';
import { fits } from './fits.ts';
import { callIn, phases } from './phases.ts';
import { play, played, type Played } from './playFault.ts';

const cells = kinds.flatMap((kind) => phases.map((phase) => ({ kind, phase, name: kind.name })));

/** What is written of a cell, with what chance decides as it came. */
function met(outcome: Played, lines: 'failures' | 'history', written: readonly string[]): readonly string[] {
  return fits(outcome[lines], written) ? written : outcome[lines];
}

describe('a call without faults', () => {
  it.each(phases)('reaches the phase of the matrix: %s', (phase) => {
    expect(play(callIn(phase, { lost: false, cut: false }))).toEqual({
      ends: 'answered',
      failures: [],
      history: expected.calls[phase],
      violations: [],
      lostMs: 0,
      stale: 0,
    });
  });

  it.each(['drafting', 'thinking', 'speaking', 'paused'] as const)('reaches the phase when something is cut off: %s', (phase) => {
    expect(play(callIn(phase, { lost: false, cut: true }))).toMatchObject({ history: expected.cut[phase], violations: [] });
  });
});

describe('a call with a fault', () => {
  it.each(cells)('has the expected outcome: $name, $phase', ({ kind, phase }) => {
    const outcome = played(kind, phase);
    const written = outcomeOf(kind, phase);
    if (written === '—' || outcome === undefined) {
      expect(outcome ?? '—').toBe(written);
      return;
    }
    const { failures, history } = written;
    expect({
      ...outcome,
      failures: met(outcome, 'failures', failures),
      history: met(outcome, 'history', history),
    }).toEqual({ ...written, violations: [], lostMs: 0, stale: 0 });
  });
});

describe('the matrix', () => {
  it('is in docs/tables/faults.md: npx tsx fixtures/make-faults.ts', () => {
    expect(readFileSync(new URL('../../docs/tables/faults.md', import.meta.url), 'utf8')).toBe(written());
  });

  it('has one row for each fault and no others', () => {
    expect(Object.keys(expected.cells)).toEqual(kinds.map(({ name }) => name));
  });
});
