import fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFaults } from '../../src/emulator/faults/parseFaults.ts';
import { parseScenario } from '../../src/emulator/scenario/parseScenario.ts';
import { ScenarioError } from '../../src/errors.ts';
import { folder } from '../cli/sluiceProcess.ts';
import { beginnings, corpus, damagedText, garbage, misshapen, nested, trying } from './fuzz.ts';
import { sluice } from '../cli/sluiceInProcess.ts';

/** What is read, or the error in a line. */
function read<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}

const cases = corpus('scenario');
const named = (name: string) => (name.startsWith('rows') ? 'x.jsonl' : 'x');
const outcome = (text: string, name = 'x') => read(() => parseScenario(text, name));
const row = (at: number) => ({ at, message: { type: 'TurnInfo', event: 'Update', turn_index: 0, transcript: 'a' } });
const fields = '($schema, about, flux, model, speech, controls, agent, reconnectMs, faults, seed, endAt, untilMs)';
const kinds =
  'refuse, stall, drop, close, end, finish, error, malformed, unknown, duplicate, missing, late, slow, latency, stale, odd, split, crlf, comments, join, variant';

const expected: Readonly<Record<string, unknown>> = {
  empty: 'x:1: not JSON: Unexpected end of input found',
  'not-json': 'x:1: not JSON: Unexpected token Comma found',
  half: 'x:2: not JSON: Unexpected end of input found',
  html: "x:1: not JSON: Unexpected character '<' found",
  bom: { seed: 7 },
  crlf: 'x:2: seed must be an integer',
  'nul-bytes': "x:2: not JSON: Unexpected character '\0' found",
  'nul-in-text': { about: 'a\0b' },
  'raw-nul-in-text': { about: 'a\0b' },
  'lone-surrogate': { about: '\ud800' },
  'utf8-cut': { about: 'caf\ufffd' },
  'escape-sequence': `x:2: \u001b[31mred is not a field here ${fields}`,
  'prototype-keys': `x:2: __proto__ is not a field here ${fields}`,
  'constructor-key': `x:2: constructor is not a field here ${fields}`,
  'prototype-in-message': 'x:2: flux[0].message.event is missing',
  'field-twice': 'x:2: seed must be an integer',
  'huge-number': 'x:2: endAt must be a number',
  'huge-integer': 'x:2: seed must be an integer',
  'large-number': 'x:1: endAt must be <= 2147483647',
  'leading-zero': "x:1: not JSON: Unexpected character '1' found",
  hex: "x:1: not JSON: Unexpected character 'x' found",
  nan: "x:1: not JSON: Unexpected character 'N' found",
  comment: "x:1: not JSON: Unexpected character '/' found",
  'trailing-comma': 'x:1: not JSON: Unexpected token RBrace found',
  'single-quotes': "x:1: not JSON: Unexpected character ''' found",
  'two-values': 'x:1: not JSON: Unexpected token LBrace found',
  list: 'x:1: the scenario must be an object',
  number: 'x:1: the scenario must be an object',
  null: 'x:1: the scenario must be an object',
  'flux-object': 'x:2: flux must be an array',
  'row-null': 'x:2: flux[0] must be an object',
  'row-list': 'x:2: flux[0] must be an object',
  'at-text': 'x:2: flux[0].at must be a number',
  'at-negative': 'x:2: flux[0].at must be >= 0',
  'turn-index-fraction': 'x:2: flux[0].message.turn_index must be an integer',
  'message-without-type': 'x:2: flux[0].message.type is missing',
  'words-of-numbers': 'x:3: flux[0].message.words[0] must be an object',
  'reply-null': 'x:2: model.replies[0] must be a string or an object',
  'status-text': 'x:2: model.replies[0].status must be an integer',
  'fault-unknown': `x:2: faults[0].kind must be one of ${kinds}`,
  'fault-of-nothing': 'x:2: faults[0].service is missing',
  'slash-key': `x:2: a/b~c is not a field here ${fields}`,
  'number-key': `x:2: 5 is not a field here ${fields}`,
  'wait-too-long': 'x:2: model.firstTokenMs must be <= 2147483647',
  rows: { flux: [row(1), row(2)] },
  'rows-crlf': { flux: [row(1), row(2)] },
  'rows-bom': { flux: [row(1)] },
  'rows-blank': { flux: [] },
  'rows-half': 'x.jsonl:2: not JSON: Unexpected token Comma found',
  'rows-two-in-a-line': 'x.jsonl:1: not JSON: Unexpected token LBrace found',
  'rows-comma': 'x.jsonl:1: not JSON: Unexpected token Comma found',
  'rows-closing-the-list': 'x.jsonl:1: not JSON: Unexpected token RBracket found',
  'rows-of-lists': 'x.jsonl:1: flux[0] must be an object',
  'rows-with-a-scenario': 'x.jsonl:1: flux[0] must have at and one of message, drop, error',
};

const calls = join(import.meta.dirname, '../../fixtures/calls');
const whole = readdirSync(calls)
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(join(calls, name), 'utf8'));
const odd = fc.oneof(garbage, damagedText(whole), misshapen(whole.map((text) => JSON.parse(text) as object)));
const refusal = /^x:\d+: \S.*[^.\n]$/u;

describe('a malformed scenario', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, is) => {
    expect(outcome(cases[name]!.toString(), named(name))).toStrictEqual(is);
  });

  it('is refused when it nests 20,000 lists', () => {
    const deep = `{ "flux": [\n  { "at": 1, "message": { "type": "TurnInfo",\n "words": ${nested(20_000)} } } ] }`;
    expect(outcome(deep)).toBe('x:3: nested too deeply: more than 100 levels');
    expect(outcome('{"a":'.repeat(20_000))).toBe('x:1: nested too deeply: more than 100 levels');
    expect(outcome(`{ "about": "${'['.repeat(20_000)}" }`)).toStrictEqual({ about: '['.repeat(20_000) });
  });

  it('is refused wherever it is cut, with the line of the cut', () => {
    const text = whole[0]!.trimEnd();
    for (const cut of beginnings(text)) {
      const lines = cut.trimEnd().split('\n').length;
      expect(outcome(cut), cut).toMatch(new RegExp(`^x:${lines}: `, 'u'));
    }
  });

  it('is read, or refused with line and field, however it is damaged', () => {
    fc.assert(
      fc.property(odd, fc.constantFrom('x', 'x.jsonl'), (text, name) => {
        const is = outcome(text, name);
        if (typeof is === 'string') expect(is.replace('x.jsonl', 'x').replaceAll('\n', ' ')).toMatch(refusal);
        else expect(Object.getPrototypeOf(is)).toBe(Object.prototype);
      }),
      trying(1000),
    );
  });

  it('makes `sluice simulate` exit with 2 and one line without control characters, or is played', async () => {
    const path = join(folder(), 'x.json');
    await fc.assert(
      fc.asyncProperty(odd, async (text) => {
        writeFileSync(path, text);
        const { code, stdout, stderr } = await sluice('simulate', path);
        if (code !== 2) {
          expect([code, stderr]).toStrictEqual([expect.toBeOneOf([0, 1]), '']);
          return;
        }
        expect(stdout).toBe('');
        expect(stderr).toMatch(/^sluice: \S+x\.json:\d+: \P{Cc}+\n$/u);
      }),
      trying(80),
    );
  });
});

const faultCases = corpus('faults');
const drop = { service: 'listen', kind: 'drop' };

const expectedFaults: Readonly<Record<string, unknown>> = {
  empty: 'x:1: not JSON: Unexpected end of input found',
  'not-json': 'x:1: not JSON: Unexpected end of input found',
  bom: [drop],
  'nul-bytes': "x:1: not JSON: Unexpected character '\0' found",
  null: 'x:1: the fault must be an object',
  number: 'x:1: the fault must be an object',
  'empty-list': [],
  'list-in-list': 'x:1: [0] must be an object',
  'kind-missing': 'x:1: kind is missing',
  'kind-prototype': `x:1: kind must be one of ${kinds}`,
  'kind-number': `x:1: kind must be one of ${kinds}`,
  'service-unknown': 'x:1: service must be one of listen, speak, chat',
  'prototype-keys':
    'x:1: __proto__ is not a field here (kind, service, connection, times, probability, after, afterMessages, afterMs)',
  'second-is-wrong': 'x:2: [1].status is missing',
  'status-text': 'x:1: status must be an integer',
  'status-200': 'x:1: status must be >= 400',
  'wait-too-long': 'x:1: forMs must be <= 2147483647',
  'wait-huge': 'x:1: forMs must be a number',
  'wait-negative': 'x:1: ms must be >= 0',
  'frames-1000000000': 'x:1: frames must be <= 1000',
  'times-fraction': 'x:1: times must be an integer',
  'probability-2': 'x:1: probability must be <= 1',
  'code-1004': 'x:1: code must be one of 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013',
  'reason-too-long': 'x:1: reason must NOT have more than 120 characters',
  'reason-of-two-bytes': [{ service: 'listen', kind: 'close', reason: 'é'.repeat(120) }],
  'after-of-chat': 'x:1: service must be one of listen, speak',
};

describe('a malformed fault', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(faultCases).sort()).toStrictEqual(Object.keys(expectedFaults).sort());
  });

  it.each(Object.entries(expectedFaults))('%s', (name, is) => {
    expect(read(() => parseFaults(faultCases[name]!.toString(), 'x'))).toStrictEqual(is);
  });

  it('is read, or refused with line and field, however it is damaged', () => {
    const faults = Object.values(faultCases).map((bytes) => bytes.toString());
    fc.assert(
      fc.property(fc.oneof(garbage, damagedText(faults)), (text) => {
        const is = read(() => parseFaults(text, 'x'));
        if (typeof is === 'string') expect(is.replaceAll('\n', ' ')).toMatch(refusal);
      }),
      trying(1000),
    );
  });
});
