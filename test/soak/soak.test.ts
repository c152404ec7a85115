import { beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults/fault.ts';
import { scripted, type FluxRow, type Scenario } from '../../src/emulator/scenario/index.ts';
import { emulator, type Emulator } from '../../src/emulator/server/server.ts';
import { start } from '../cli/sluiceProcess.ts';
import type { Callers, Soaked } from './soakCallers.ts';

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10);

/** A turn every four seconds: some are drafted, some resumed, some cut the reply to the one before. */
function turnsFor(ms: number): readonly FluxRow[] {
  const rows: FluxRow[] = [];
  for (let turn = 0; turn * 4000 < ms; turn++) {
    const row = (at: number, event: string, transcript: string): FluxRow => ({
      at: turn * 4000 + at,
      message: { type: 'TurnInfo', event, turn_index: turn, transcript },
    });
    const cuts = turn % 5 === 4 ? -1500 : 0;
    rows.push(row(1000 + cuts, 'StartOfTurn', 'how'), row(1400, 'EagerEndOfTurn', 'how are you'));
    if (turn % 3 === 2) rows.push(row(1600, 'TurnResumed', 'how are you today'));
    rows.push(row(1900, 'EndOfTurn', turn % 3 === 2 ? 'how are you today' : 'how are you'));
  }
  return rows;
}

const faults: readonly Fault[] = [
  { service: 'listen', kind: 'refuse', status: 503, probability: 0.1 },
  { service: 'listen', kind: 'drop', after: 'EagerEndOfTurn', afterMessages: 2, probability: 0.3 },
  { service: 'listen', kind: 'error', after: 'StartOfTurn', afterMessages: 3, probability: 0.1 },
  { service: 'listen', kind: 'stall', after: 'EndOfTurn', afterMessages: 6, probability: 0.1 },
  { service: 'listen', kind: 'latency', ms: 20, jitterMs: 20 },
  { service: 'chat', kind: 'refuse', status: 429, retryAfterMs: 100, probability: 0.1 },
  { service: 'chat', kind: 'drop', afterMessages: 3, probability: 0.1 },
  { service: 'chat', kind: 'stall', afterMessages: 2, probability: 0.05 },
  { service: 'chat', kind: 'split' },
  { service: 'speak', kind: 'drop', after: 'audio', afterMessages: 30, probability: 0.2 },
  { service: 'speak', kind: 'missing', of: 'Cleared', probability: 0.1 },
  { service: 'speak', kind: 'latency', ms: 20, jitterMs: 20 },
];

const model = { replies: ['Fine, thank you. It is a long day, and there is more of it to come. And how are you?'] };

describe(`calls over sockets for ${minutes} minutes, with faults in every service`, { timeout: (minutes + 2) * 60_000 }, () => {
  let soaked: Soaked;

  beforeAll(
    async () => {
      const scenario: Scenario = { flux: turnsFor((minutes + 1) * 60_000), model, speech: { msPerChar: 40 } };
      const sides: Emulator[] = [];
      for (const seed of [1, 2, 3, 4]) sides.push(await emulator({ backend: scripted(scenario), faults, seed }));
      const callers: Callers = { sides: sides.map(({ deepgramUrl, openaiUrl }) => ({ deepgramUrl, openaiUrl })), minutes };
      const program = new URL('callers.ts', import.meta.url).pathname;
      const args = ['--import', import.meta.resolve('tsx'), program, JSON.stringify(callers)];
      const { code, stdout, stderr } = await start(process.execPath, args, { cwd: import.meta.dirname, after: () => undefined })
        .ends;
      await Promise.all(sides.map((side) => side.close()));
      if (code !== 0) throw new Error(stderr);
      soaked = JSON.parse(stdout) as Soaked;
      console.log(soaked);
    },
    (minutes + 2) * 60_000,
  );

  it('all end normally, and every call keeps listening and speaking', () => {
    const { calls, broken, events } = soaked;

    expect(broken).toEqual([]);
    expect(events['Closed']).toBe(calls);
    // A turn comes every four seconds, of four callers; of those that a fault hides most come again.
    expect(events['TurnTaken']).toBeGreaterThan(minutes * 4 * 15 * 0.6);
    expect(events['SpeechStarted']).toBeGreaterThan((events['TurnTaken'] ?? 0) * 0.6);
  });

  it('meet faults of every service', () => {
    expect(Object.keys(soaked.events)).toEqual(expect.arrayContaining(['Failure listen closed', 'Failure speak closed']));
    expect(Object.keys(soaked.events).join()).toMatch(/Failure think/);
    expect(soaked.events['Reconnected']).toBeGreaterThan(minutes);
  });

  it('take no more memory after all of them than after the first', () => {
    const { heap } = soaked;
    const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

    expect(median(heap.slice(-5)) / median(heap.slice(2, 7))).toBeLessThan(1.05);
  });

  it('leave no handle, no listener and no warning behind', () => {
    expect(soaked.after).toEqual(soaked.before);
    expect(soaked.complaints).toEqual([]);
  });
});
