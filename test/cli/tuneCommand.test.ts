import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tuning } from '../../src/record/tune/tune.ts';
import { corpusOf } from '../record/scriptedCallers.ts';
import { folder, type Outcome } from './sluiceProcess.ts';
import { sluice } from './sluiceInProcess.ts';

const corpus = corpusOf({ slope: 0.8, pauses: 0.5, mean: 0.6, deviation: 0.08 }, 40, 1);
const header = (listen: object) => ({
  sluice: 'recording',
  version: 1,
  time: '2026-11-25T20:00:00.000Z',
  versions: { sluice: '0.1.0', node: 'v20.20.2' },
  options: { listen },
});

/** Files of the corpus, a call each: bare messages, or what `row` makes of one. */
function files(row: (message: object, at: number) => object = (message) => message, first: readonly object[] = []): string[] {
  const path = folder();
  return corpus.map((call, k) => {
    const file = join(path, `call-${k}.jsonl`);
    writeFileSync(file, `${[...first, ...call.map(row)].map((line) => JSON.stringify(line)).join('\n')}\n`);
    return file;
  });
}

async function run(...args: string[]): Promise<Outcome> {
  return sluice('tune', ...args);
}

const asJson = ({ stdout }: Outcome) => JSON.parse(stdout) as Tuning;

describe('sluice tune', () => {
  it('recommends thresholds with their reasons and precision, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(...files());

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^40 turns of 8 calls\. /u);
    expect(stdout).toMatch(/^> +0\.\d{3} +0\.\d{3}( +\d+){3} +[\d.]+ +[\d.]+ +\d+$/mu);
    expect(stdout).toMatch(
      /^Recommended: --eot 0\.\d+ \([\d.]+ to [\d.]+\), --eager-eot 0\.\d+ \([\d.]+ to [\d.]+\), --eot-timeout 5000$/mu,
    );
    expect(stdout).toContain('about every 250 ms');
    expect(stdout).toContain("- With Flux's default, eot 0.7 without drafts: waiting ");
  });

  it('reads bare messages, messages with their time, frames, and recordings', async () => {
    const bare = asJson(await run(...files(), '--json'));
    const timed = asJson(await run(...files((message, at) => ({ at, message })), '--json'));
    const frames = asJson(await run(...files((message, at) => ({ at, message: JSON.stringify(message) })), '--json'));
    const rows = files((message, at) => ({ at, got: 'listen:0', text: JSON.stringify(message) }), [header({})]);
    const recorded = asJson(await run(...rows, '--json'));

    expect(bare.recommendation?.eotThreshold).toBeGreaterThan(0.5);
    expect([timed, frames, recorded]).toEqual([bare, bare, bare]);
  });

  it('ignores made-up confidence: of the local backend, with the flag, and of rows without confidence', async () => {
    const row = (message: object, at: number) => ({ at, got: 'listen:0', text: JSON.stringify(message) });
    const emulated = await run(...files(row, [header({ emulated: true })]));
    const flagged = await run(...files(), '--synthetic');
    const file = join(folder(), 'rows.jsonl');
    const message = { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'Hi' };
    writeFileSync(file, `${JSON.stringify({ at: 1, message })}\n`);

    for (const { code, stdout } of [emulated, flagged]) {
      expect(code).toBe(1);
      expect(stdout).toContain('0 turns of 8 calls: not enough evidence');
      expect(stdout).toContain('the confidence of 8 of 8 calls is made up');
    }
    expect((await run(file)).stdout).toContain('the confidence of 1 of 1 calls is made up');
  });

  it('ends with 1 if there is not enough evidence', async () => {
    const [one = ''] = files();

    expect(await run(one)).toEqual({
      code: 1,
      stdout: '5 turns of 1 call: not enough evidence: 5 turns, and 30 are needed.\n',
      stderr: '',
    });
  });

  it('draws a chart with -o', async () => {
    const svg = join(folder(), 'new', 'chart.svg');
    const { code, stdout } = await run(...files(), '-o', svg);

    expect({ code, drawn: existsSync(svg) }).toEqual({ code: 0, drawn: true });
    expect(stdout).toContain(`The chart: ${svg}`);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/u);
  });

  it('uses the weights of the flags', async () => {
    const patient = asJson(await run(...files(), '--json', '--cut-off', '60000'));
    const hasty = asJson(await run(...files(), '--json', '--cut-off', '0'));

    expect(hasty.recommendation!.eotThreshold).toBeLessThan(patient.recommendation!.eotThreshold);
    expect(hasty.recommendation!.cutOffs).toBeGreaterThan(patient.recommendation!.cutOffs);
  });

  it('names the file and the line that it cannot read', async () => {
    const file = join(folder(), 'call.jsonl');
    writeFileSync(file, `${JSON.stringify(corpus[0]![0])}\n[]\n`);

    expect(await run(file)).toEqual({
      code: 2,
      stdout: '',
      stderr: `sluice: ${file}:2: must be a message of Flux with its type, or { at, message }.\n`,
    });
    expect(await run('nowhere.jsonl')).toEqual({ code: 1, stdout: '', stderr: 'sluice: nowhere.jsonl: no such file.\n' });
    expect(await run()).toMatchObject({ code: 2, stdout: '' });
    expect(await run(file, '--ready', 'soon')).toMatchObject({ code: 2, stdout: '' });
  });

  it('reports the damaged lines of a recording, and goes on', async () => {
    const row = (message: object, at: number) => ({ at, got: 'listen:0', text: JSON.stringify(message) });
    const all = files(row, [header({})]);
    writeFileSync(all[0]!, `${readFileSync(all[0]!, 'utf8')}{"at":1,"got`);
    const { code, stderr } = await run(...all);

    expect(code).toBe(0);
    expect(stderr).toContain(`sluice: ${all[0]!}:`);
    expect(stderr).toContain('is not JSON, or breaks off; the line is left out.');
  });
});
