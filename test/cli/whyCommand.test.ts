import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { recorded } from '../record/recordedCall.ts';
import { command, folder } from './sluiceProcess.ts';

const said = (at: number, event: string, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index: 0, transcript },
});

const call: Scenario = {
  flux: [
    said(500, 'StartOfTurn', 'h\u001b[2J'),
    said(700, 'Update', 'hi'),
    said(800, 'Update', 'hi you'),
    said(1000, 'EndOfTurn', 'hi you'),
  ],
};

describe('sluice why', () => {
  it('prints the chain of causes, a run of updates as one line, without control characters', async () => {
    const cwd = folder();
    const { lines, events } = recorded(call);
    writeFileSync(join(cwd, 'call.jsonl'), lines.join('\n'));
    const { id = 0 } = events.find(({ type }) => type === 'TurnTaken') ?? {};

    const { code, stdout } = await command(['why', 'call.jsonl', String(id)], { cwd }).ends;

    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^0:01\.0 {2}turn 0:0 entered the conversation: "hi you" {2}\(TurnTaken \d+\)$/),
      expect.stringMatching(/^0:01\.0 {2}because turn 0:0 ended by model, at 80 %: "hi you", 2 words {2}\(EndOfTurn \d+\)$/),
      expect.stringMatching(
        /^0:00\.8 {2}because the transcript of turn 0:0 was "hi you", 2 words {2}\(Update \d+, and 1 before it\)$/,
      ),
      expect.stringMatching(/^0:00\.5 {2}because the caller began turn 0:0: .* {2}\(StartOfTurn \d+\)$/),
    ]);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  it('ends with 2 for an unknown event, and prints the known ones', async () => {
    const cwd = folder();
    const { lines, events } = recorded(call);
    writeFileSync(join(cwd, 'call.jsonl'), lines.join('\n'));

    const { code, stderr } = await command(['why', 'call.jsonl', '999'], { cwd }).ends;

    expect(stderr).toBe(`sluice: call.jsonl has no event 999: its events are 1 to ${events.length}.\n`);
    expect(code).toBe(2);
  });
});
