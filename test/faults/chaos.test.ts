import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import { isTurnEvent } from '../../operators/turns/orderly.ts';
import type { Fault } from '../../src/emulator/faults/fault.ts';
import { reached } from '../../src/testing/calls/reached.ts';
import { agent } from '../../src/agent/agent.ts';
import { checkCalls } from '../../src/testing/index.ts';
import { retrying } from './retrying.ts';
import { Listener } from './stale.ts';

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

/** Sound that comes twice, out of order, or when nothing more of it should: it has no name, and nobody can tell whose it is. */
const isNameless = (fault: Fault) =>
  fault.kind === 'stale' ? fault.afterCleared === true : 'of' in fault && fault.of === 'audio';

/** Flux's turns may come in an order that is none. */
const isMisorder = (fault: Fault) => fault.service === 'listen' && 'of' in fault;

/** How many events are of turns of a connection that was lost before: its open turn should have been `TurnLost`. */
function ofTheDead(events: readonly AgentEvent[]): number {
  let newest = -1;
  let least = 0;
  return events.filter((event) => {
    if (event.type === 'Connected') least = newest + 1;
    const connection = isTurnEvent(event) ? parseInt(event.turn) : NaN; // typed turns have none
    if (connection > newest) newest = connection;
    return connection < least;
  }).length;
}

/** Whether a call that did not close told once of what ended it, and ended what it had begun. */
function isWhole(events: readonly AgentEvent[]): boolean {
  if (events.at(-1)?.type === 'Closed') return true;
  const open = new Set<number>();
  for (const event of events) {
    if (event.type === 'DraftStarted' || event.type === 'ReplyStarted') open.add(event.reply);
    if (event.type === 'DraftDropped' || event.type === 'ReplyEnded') open.delete(event.reply);
  }
  return open.size === 0 && events.filter((event) => event.type === 'Failure' && !event.recovered).length === 1;
}

/**
 * All rules hold with faults too. Three of them know of failures: what was not heard to its end after a `Failure` of the voice is no
 * breach of `heard`, an error of which the call told none of `threw`, and a call that ended by one none of `early` and `unanswered`.
 */
describe('a call in chaos', () => {
  it(`keeps every rule in ${runs} generated calls with faults`, { timeout: 120_000 }, () => {
    const kinds = new Map<string, number>();
    const failures = new Map<string, number>();
    const count = (counts: Map<string, number>, names: Iterable<string>) => {
      for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
    };

    const listener = new Listener();
    let stale = 0;
    let lostMs = 0;
    let dead = 0;
    let torn = 0;

    checkCalls(fc, {
      wires: true,
      stages: { play: listener.play },
      agent: (audio, { stages, options, controls$ }) =>
        audio.pipe(agent({ ...stages, think: retrying(stages.think) }, options, controls$)),
      runs,
      seed,
      calls: { farFaults: true },
      onCall: (scenario, result) => {
        const { faults = [] } = scenario;
        const { events } = result;
        if (!faults.some(isNameless)) stale += listener.stale;
        listener.stale = 0;
        if (!isWhole(events)) torn++;
        if (!reached(scenario, result).has('illegal') && !faults.some(isMisorder)) dead += ofTheDead(events);
        lostMs += events.reduce((sum, event) => sum + (event.type === 'Reconnected' ? event.droppedMs : 0), 0);
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
    expect({ stale, lostMs, dead, torn }).toEqual({ stale: 0, lostMs: 0, dead: 0, torn: 0 });
    expect(kinds.size).toBe(35);
    expect(Math.min(...kinds.values())).toBeGreaterThan(runs / 200);
    expect([...failures.keys()]).toEqual(expect.arrayContaining(told));
  });
});
