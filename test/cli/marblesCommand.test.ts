import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { run } from '../record/asTest/printed.ts';
import { recorded } from '../record/recordedCall.ts';
import { folder, type Outcome } from './sluiceProcess.ts';
import { sluice } from './sluiceInProcess.ts';

const said = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

const call: Scenario = {
  flux: [
    said(300, 'StartOfTurn', 0, 'hi'),
    said(600, 'EndOfTurn', 0, 'hi'),
    said(3000, 'StartOfTurn', 1, 'no'),
    said(3300, 'EndOfTurn', 1, 'no'),
  ],
};

/** `sluice marbles` on a recording of the call, within this process. */
async function marbles(...flags: readonly string[]): Promise<Outcome> {
  const path = join(folder(), 'call.jsonl');
  writeFileSync(path, recorded(call).lines.join('\n'));
  return sluice('marbles', path, ...flags);
}

describe('sluice marbles', () => {
  it('prints a test that passes, and nothing else, with --test', async () => {
    const { code, stdout, stderr } = await marbles('--test');

    expect(run(stdout)).toEqual(['call.jsonl: 2 turns and 2 replies']);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('cuts it down to a turn', async () => {
    const { stdout } = await marbles('--turn', '2', '--test');

    expect(run(stdout)).toEqual(['turn 0:1 of call.jsonl: the caller is answered']);
    expect(stdout).not.toContain("'StartOfTurn', 0");
  });

  it('refuses a turn that is not there', async () => {
    const { code, stdout, stderr } = await marbles('--turn', '3', '--test');

    expect(stderr).toBe('sluice: The recording has no turn 3: its turns are 1 to 2, named 0:0 to 0:1.\n');
    expect([code, stdout]).toEqual([2, '']);
  });
});
