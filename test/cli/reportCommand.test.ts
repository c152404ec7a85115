import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { recorded } from '../record/recordedCall.ts';
import { command, folder } from './sluiceProcess.ts';

const call: Scenario = {
  flux: [
    { at: 500, message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'hi' } },
    { at: 1000, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'hi' } },
    { at: 2000, drop: true },
  ],
  model: { firstTokenMs: 200, tokenMs: 0 },
};

describe('sluice report', () => {
  it('prints the figures of several calls, and the line of a damaged one that is left out', async () => {
    const cwd = folder();
    const { lines } = recorded(call);
    writeFileSync(join(cwd, 'one.jsonl'), lines.map((line) => `${line}\n`).join(''));
    writeFileSync(join(cwd, 'two.jsonl'), [...lines, '{"at":1,"event":"Tur'].join('\n'));

    const { code, stdout, stderr } = await command(['report', 'one.jsonl', 'two.jsonl'], { cwd }).ends;

    expect(stdout).toMatch(/^2 calls, 2 turns, 0 ignored; 2 replies: 0 cancelled, 0 unheard, 0 cut, 0 barge-ins\n/);
    expect(stdout).toMatch(/end of turn → first token +2 +200 +200 +200\n/);
    expect(stdout).toMatch(/Failures:\n +2 {2}listen closed\n$/);
    expect(stderr).toMatch(/^sluice: two\.jsonl:\d+: is not JSON, or breaks off; the line is left out\.\n$/);
    expect(code).toBe(0);
  });

  it('prints how many drafts were shed to keep a budget', async () => {
    const cwd = folder();
    const { lines } = recorded(call);
    const shed = lines.map((line) => line.replace('"drafted":false', '"drafted":false,"shed":2'));
    writeFileSync(join(cwd, 'one.jsonl'), shed.join('\n'));

    const { stdout } = await command(['report', 'one.jsonl'], { cwd }).ends;

    expect(stdout).toMatch(/\nShed, to keep a budget: 2 drafts not started, 0 not spoken early\.\n/);
  });

  it('prints the report as one JSON object', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'one.jsonl'), recorded(call).lines.join('\n'));

    const { code, stdout } = await command(['report', 'one.jsonl', '--json'], { cwd }).ends;

    expect(JSON.parse(stdout)).toMatchObject({ calls: 1, turns: 1, failures: [{ stage: 'listen', code: 'closed', count: 1 }] });
    expect(code).toBe(0);
  });

  it.each([
    ['no such file', 'none.jsonl', 1, 'sluice: none.jsonl: no such file.\n'],
    ['a file that is not a recording', 'other.jsonl', 2, 'sluice: other.jsonl:1: is not the header of a Sluice recording'],
  ])('ends with %s and one line', async (_, file, exit, says) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'other.jsonl'), '{"at":1}\n');

    const { code, stderr } = await command(['report', file], { cwd }).ends;

    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(exit);
  });
});
