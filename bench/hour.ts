import type { FluxRow, Scenario } from '../src/emulator/scenario/scenario.ts';

const everyMs = 3600;

/** A call with this number of turns, each drafted and answered. */
export const callOf = (turns: number): Scenario => ({
  flux: Array.from({ length: turns }, (_, turn) => spoken(turn)).flat(),
  model: { replies: ['There are forty of them left.'] },
  endAt: turns * everyMs,
});

/** A call of one hour: 45,000 chunks of 80 ms, 1000 turns. */
export const hour = callOf(1000);

function spoken(turn: number): readonly FluxRow[] {
  const row = (at: number, event: string, transcript: string): FluxRow => ({
    at: turn * everyMs + at,
    message: { type: 'TurnInfo', event, turn_index: turn, transcript },
  });
  return [
    row(160, 'StartOfTurn', 'How'),
    row(400, 'Update', 'How many'),
    row(640, 'EagerEndOfTurn', `How many of number ${turn}?`),
    row(960, 'EndOfTurn', `How many of number ${turn}?`),
  ];
}
