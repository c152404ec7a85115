import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/cli/subcommand.ts';
import { wireLog } from '../../src/cli/wireLog.ts';
import { ScenarioError } from '../../src/errors.ts';
import { fluxViolations } from '../../src/flux/conform.ts';
import { folder } from '../cli/sluiceProcess.ts';
import { messages } from '../flux/scriptedFlux.ts';
import { beginnings, corpus, damagedText, garbage, misshapen, nested, trying } from './fuzz.ts';
import { sluice } from '../cli/sluiceInProcess.ts';

const cases = corpus('log');

/** What `sluice check` says of a log: its violations, or the error in a line. */
function outcome(text: string): unknown {
  try {
    const wire = wireLog(text, 'x');
    return fluxViolations(wire.map(({ message }) => message)).map(({ rule, message }) => `${rule}: ${message}`);
  } catch (error) {
    if (error instanceof CommandError || error instanceof ScenarioError) return error.message;
    throw error;
  }
}

const noMessage = 'must be a message of Flux with its type, or { at, message }.';

const expected: Readonly<Record<string, unknown>> = {
  whole: [],
  empty: [],
  blank: [],
  'not-json': 'x:2: not JSON: Unexpected end of input found',
  bom: [],
  crlf: [],
  'nul-bytes': "x:2: not JSON: Unexpected character '\0' found",
  'escape-sequence': "x:2: not JSON: Unexpected character '\u001b' found",
  list: `x:1: ${noMessage}`,
  number: `x:1: ${noMessage}`,
  null: `x:1: ${noMessage}`,
  'prototype-keys': `x:1: ${noMessage}`,
  'no-last-line-end': [],
  'sequence-object': ['sequence: sequence_id is an object, not 0.'],
  'sequence-missing': ['sequence: sequence_id is missing, not 0.'],
  'sequence-huge': ['sequence: sequence_id is Infinity, not 0.'],
  'window-huge': ['message: audio_window_end must be seconds.'],
  'frame-not-json': ['message: It is not a JSON object with a type.'],
  'row-with-text-time': `x:1: ${noMessage}`,
  'row-after-drop-too-early': 'x:2: flux[1].at falls into the gap after a lost connection; the next connection stands at 1200',
  'utf8-cut': [],
};

const said: readonly string[] = Object.values(messages);
const line = fc.oneof(
  fc.constantFrom(...said),
  misshapen(said.map((text) => JSON.parse(text) as object)),
  damagedText(said),
  garbage.map((text) => text.replaceAll('\n', ' ')),
);

describe('a malformed log of Flux', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, is) => {
    expect(outcome(cases[name]!.toString())).toStrictEqual(is);
  });

  it('is reported when a line nests 20,000 lists', () => {
    expect(outcome(`\n${nested(20_000)}`)).toBe('x:2: nested too deeply: more than 100 levels');
    expect(outcome(`{"type":"Connected","request_id":${nested(90)},"sequence_id":0}`)).toStrictEqual([
      'request-id: Connected has no request_id.',
    ]);
  });

  it('is checked against the rules, or reported with its line, wherever it is cut', () => {
    const whole = cases['whole']!.toString();
    for (const cut of beginnings(whole)) {
      const is = outcome(cut);
      if (typeof is === 'string') expect(is, cut).toMatch(/^x:[12]: not JSON: Unexpected .+ found$/u);
      else expect(is, cut).toStrictEqual([]);
    }
  });

  it('is checked against the rules, or reported with its line, whatever it contains', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const is = outcome(lines.join('\n'));
        if (typeof is === 'string') expect(is).toMatch(/^x:[1-6]: /u);
      }),
      trying(1000),
    );
  });

  it('is reported in one line without control characters', async () => {
    const path = join(folder(), 'x.jsonl');
    const lines = fc.array(line, { maxLength: 6 }).map((all) => all.join('\n'));
    await fc.assert(
      fc.asyncProperty(lines, async (text) => {
        writeFileSync(path, text);
        const { code, stdout, stderr } = await sluice('check', path);
        expect(stdout.replaceAll('\n', '') + stderr.replace(/\n$/u, '')).not.toMatch(/\p{Cc}/u);
        expect([0, 1, 2]).toContain(code);
        if (code === 2) expect(stderr).toMatch(/^sluice: \S+x\.jsonl:[1-6]: .+\n$/u);
        else expect(stderr).toBe('');
      }),
      trying(200),
    );
  });
});

describe('conform', () => {
  it('never throws, whatever its input', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.anything({ withBigInt: true, withNullPrototype: true })), { maxLength: 6 }),
        (all) => {
          for (const { rule, message } of fluxViolations(all)) {
            expect(rule).toMatch(/^[a-z-]+$/u);
            expect(message).toMatch(/\.$/u);
          }
        },
      ),
      trying(1000),
    );
  });

  it('describes a value of any depth in a few words', () => {
    const of = (sequence: string) => fluxViolations([`{"type":"Connected","request_id":"r","sequence_id":${sequence}}`]);
    expect(of(nested(20_000))).toStrictEqual([{ rule: 'sequence', position: 0, message: 'sequence_id is a list, not 0.' }]);
    expect(fluxViolations([{ type: 'Connected', request_id: 'r', sequence_id: 5n }])).toMatchObject([{ rule: 'sequence' }]);
  });
});
