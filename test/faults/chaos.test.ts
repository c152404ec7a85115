import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCalls } from '../../src/testing/index.ts';

const runs = 3000;
const seed = 11;

/** What calls surely come to tell of. */
const told = [
  ...['closed', 'silent', 'not-connected', 'busy', 'refused', 'unauthorized', 'INTERNAL_SERVER_ERROR'].map(
    (code) => `listen ${code}`,
  ),
  ...['closed', 'silent', 'busy', 'refused', 'unauthorized', 'lost-track', 'no-audio', 'first-audio'].map(
    (code) => `speak ${code}`,
  ),
  ...['busy', 'failed', 'truncated', 'filtered', 'tool_calls', 'empty', 'first-token', 'token-gap'].map(
    (code) => `think ${code}`,
  ),
];

const counted = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort()
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

describe('a call in chaos', () => {
  it(`keeps every rule in ${runs} generated calls with faults`, { timeout: 120_000 }, () => {
    const kinds = new Map<string, number>();
    const failures = new Map<string, number>();
    const count = (counts: Map<string, number>, names: Iterable<string>) => {
      for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
    };

    checkCalls(fc, {
      wires: true,
      runs,
      seed,
      calls: { farFaults: true },
      onCall: ({ faults = [] }, { events }) => {
        count(
          kinds,
          faults.map(({ service, kind }) => `${service} ${kind}`),
        );
        count(
          failures,
          events.flatMap((event) => (event.type === 'Failure' ? [`${event.stage} ${event.code}`] : [])),
        );
      },
    });

    console.log(`${runs} calls, seed ${seed}.\nFaults: ${counted(kinds)}.\nFailures: ${counted(failures)}.`);
    expect(kinds.size).toBe(35);
    expect(Math.min(...kinds.values())).toBeGreaterThan(runs / 200);
    expect([...failures.keys()]).toEqual(expect.arrayContaining(told));
  });
});
