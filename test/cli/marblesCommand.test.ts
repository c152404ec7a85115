import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/** `sluice marbles` on a recording of the call in this folder, within this process. */
async function marbles(flags: readonly string[], place = folder()): Promise<Outcome> {
  const path = join(place, 'call.jsonl');
  writeFileSync(path, recorded(call).lines.join('\n'));
  return sluice('marbles', path, ...flags);
}

describe('sluice marbles', () => {
  it('prints a test that passes, and nothing else, with --test', async () => {
    const { code, stdout, stderr } = await marbles(['--test']);

    expect(run(stdout)).toEqual(['call.jsonl']);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('writes a test that passes, and its scenario beside it, with -o', async () => {
    const place = folder();
    const [test, scenario] = [join(place, 'tests', 'bad.test.ts'), join(place, 'tests', 'bad.json')];
    const { code, stdout, stderr } = await marbles(['--turn', '2', '-o', test], place);

    expect([code, stdout, stderr]).toEqual([0, `The test: ${test}\nThe scenario: ${scenario}\n`, '']);
    expect(run(readFileSync(test, 'utf8'), { url: pathToFileURL(test) })).toEqual(['turn 0:1 of call.jsonl']);
    expect((await sluice('simulate', scenario)).code).toBe(0);
  });

  it.each(['bad.test.ts', 'bad.json'])('never overwrites %s', async (taken) => {
    const place = folder();
    const path = join(place, taken);
    writeFileSync(path, 'mine');
    const { code, stderr } = await marbles(['-o', join(place, 'bad.test.ts')], place);

    expect([code, stderr]).toEqual([2, `sluice: ${path} exists already: name another file with -o.\n`]);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(place).toSorted()).toEqual([taken, 'call.jsonl'].toSorted());
  });

  it('cuts the test down to a turn', async () => {
    const { stdout } = await marbles(['--turn', '2', '--test']);

    expect(run(stdout)).toEqual(['turn 0:1 of call.jsonl']);
    expect(stdout).not.toContain('"transcript": "hi"');
  });

  it('refuses an unknown turn', async () => {
    const { code, stdout, stderr } = await marbles(['--turn', '3', '--test']);

    expect(stderr).toBe('sluice: The recording has no turn 3: its turns are 1 to 2, named 0:0 to 0:1.\n');
    expect([code, stdout]).toEqual([2, '']);
  });
});
