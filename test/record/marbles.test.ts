import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { marbles } from '../../src/record/marbles.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { recorded } from './recordedCall.ts';

const row = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/**
 * A draft is begun at 400 ms and dropped at 500, another begun at 700 and kept at 1000: it writes for 200 ms, its sound of 1100 ms
 * has come by then. The second turn cuts it at 1600, and is answered from 2000 on: 200 ms until the first token, 100 until its sound.
 */
const call: Scenario = {
  flux: [
    row(200, 'StartOfTurn', 0, 'hi'),
    row(400, 'EagerEndOfTurn', 0, 'hi'),
    row(500, 'TurnResumed', 0, 'hi'),
    row(700, 'EagerEndOfTurn', 0, 'hi you'),
    row(1000, 'EndOfTurn', 0, 'hi you'),
    row(1500, 'Update', 1, ''),
    row(1600, 'StartOfTurn', 1, 'no'),
    row(2000, 'EndOfTurn', 1, 'no'),
  ],
  model: { firstTokenMs: 200, tokenMs: 0, replies: ['Well then.'] },
  speech: { firstAudioMs: 100, msPerChar: 100 },
  endAt: 3500,
};

const drawn = (turn?: string) =>
  marbles(readRecording(recorded(call).lines.join('\n')), { width: 60, ...(turn !== undefined && { turn }) }).map((line) =>
    line.trimEnd(),
  );

describe('marbles', () => {
  it('draws the call: who did what when', () => {
    const [scale = '', ...lanes] = drawn();

    expect(scale).toMatch(/^ {8}0:00\.0 {4}0:01\.0 {4}0:02\.0/);
    expect(lanes.map((lane) => lane.slice(0, 8 + 34).trimEnd())).toEqual([
      'caller    s-er-e--E     s---E',
      'model       =x ===          ===',
      'agent             ######       ###########',
    ]);
  });

  it.each(['2', '0:1'])('draws one turn and its answer, by its number or its name: %s', (turn) => {
    const [scale = '', ...lanes] = drawn(turn);
    const columns = (lane: string) => lane.slice(8);

    expect(scale).toContain('0:00.0');
    expect(lanes.map(columns).map((lane) => lane.replace(/(.)\1+/g, '$1'))).toEqual(['s-E', ' =', ' #']);
  });

  it('names the turns of the recording if there is no such turn', () => {
    expect(() => drawn('3')).toThrow('The recording has no turn 3: its turns are 1 to 2, named 0:0 to 0:1.');
  });
});
