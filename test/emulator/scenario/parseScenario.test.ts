import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../../src/errors.ts';
import { parseScenario } from '../../../src/emulator/scenario/index.ts';

describe('parseScenario', () => {
  it('reads every field', () => {
    const text = `{
      "flux":   [ { "at": 500, "message": { "type": "TurnInfo", "event": "StartOfTurn", "turn_index": 0, "transcript": "book" } }, { "at": 900, "drop": true }, { "at": 1500, "error": { "code": "X" } } ],
      "model":  { "firstTokenMs": 200, "tokenMs": 20, "replies": [ "Sure.", { "when": "price", "say": "Three fifty.", "failAfterTokens": 2, "status": 500, "stallAfterTokens": 1, "abortLagMs": 500, "times": 1 } ] },
      "speech": { "firstAudioMs": 120, "msPerChar": 60, "silent": false, "stall": false, "lateMs": 0 },
      "controls": [ { "at": 4000, "say": "One moment.", "protect": true } ],
      "agent":  { "eager": "speech", "bargeIn": { "minWords": 2 } }, "reconnectMs": 300, "faults": [], "seed": 1, "endAt": 20000, "untilMs": 30000 }`;
    expect(parseScenario(text)).toStrictEqual(JSON.parse(text));
  });

  it('reads rows of Flux, one per line', () => {
    const start = { at: 500, message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'book' } };
    const drop = { at: 900, drop: true };
    const text = `${JSON.stringify(start)}\n\n${JSON.stringify(drop)}\n`;
    expect(parseScenario(text, 'call.jsonl')).toStrictEqual({ flux: [start, drop] });
    expect(parseScenario(text)).toStrictEqual({ flux: [start, drop] });
    expect(parseScenario('', 'empty.jsonl')).toStrictEqual({ flux: [] });
  });

  const fixtures = readdirSync('fixtures/calls').filter((name) => name.endsWith('.json'));
  it.each(fixtures)('reads fixtures/calls/%s', (name) => {
    expect(parseScenario(readFileSync(`fixtures/calls/${name}`, 'utf8'), name).about).toMatch(/\.$/);
  });
});

describe('a bad scenario', () => {
  const message = (event: string) => `"message": { "type": "TurnInfo", "event": "${event}", "turn_index": 0, "transcript": "a" }`;
  it.each([
    [
      'a wrong type',
      `{\n "flux": [\n  { "at": 1, ${message('Update')} },\n  { "at": "2", ${message('Update')} }\n]}`,
      'x.json:4: flux[1].at must be a number',
    ],
    ['a missing time', `{ "flux": [\n { ${message('Update')}, "drop": true } ] }`, 'x.json:2: flux[0].at is missing'],
    [
      'an unknown field',
      `{\n"flux": [],\n"fluxx": [] }`,
      'x.json:3: fluxx is not a field here ($schema, about, flux, model, speech, controls, agent, reconnectMs, faults, seed, endAt, untilMs)',
    ],
    [
      'a row without a message, drop or error',
      '{ "flux": [ { "at": 1 } ] }',
      'x.json:1: flux[0] must have at and one of message, drop, error',
    ],
    [
      'a row with both a message and a drop',
      `{ "flux": [ { "at": 1, "drop": true, ${message('Update')} } ] }`,
      'x.json:1: flux[0] must have only at and one of message, drop, error',
    ],
    [
      'a turn without its index',
      '{ "flux": [ { "at": 1,\n "message": { "type": "TurnInfo", "event": "Update", "transcript": "" } } ] }',
      'x.json:2: flux[0].message.turn_index is missing',
    ],
    [
      'a reply of the wrong kind',
      '{ "model": { "replies": [\n 7 ] } }',
      'x.json:2: model.replies[0] must be a string or an object',
    ],
    [
      'a reply without text',
      '{ "model": { "replies": [ "a",\n { "when": "b" } ] } }',
      'x.json:2: model.replies[1].say is missing',
    ],
    ['an unknown depth', '{ "agent": { "eager": "yes" } }', 'x.json:1: agent.eager must be one of off, text, speech'],
    ['barge-in: true', '{ "agent": { "bargeIn": true } }', 'x.json:1: agent.bargeIn must be false or an object'],
    ['a drop that is not true', '{ "flux": [ { "at": 1, "drop": false } ] }', 'x.json:1: flux[0].drop must be true'],
    ['a negative time', '{ "endAt": -1 }', 'x.json:1: endAt must be >= 0'],
    ['a list', '[]', 'x.json:1: the scenario must be an object'],
    [
      'rows out of order',
      `{ "flux": [\n { "at": 5, "drop": true },\n { "at": 4, ${message('Update')} } ] }`,
      'x.json:3: flux[1].at must not be before the row above it (4 < 5)',
    ],
    [
      'controls out of order',
      '{ "controls": [ { "at": 5, "close": true },\n { "at": 4, "close": true } ] }',
      'x.json:2: controls[1].at must not be before the row above it (4 < 5)',
    ],
    [
      'a row in the gap of a drop',
      `{ "flux": [ { "at": 900, "drop": true },\n { "at": 1199, ${message('Update')} } ] }`,
      'x.json:2: flux[1].at falls into the gap after a lost connection; the next connection stands at 1200',
    ],
    [
      'a row in a gap with reconnectMs',
      `{ "reconnectMs": 50, "flux": [ { "at": 900, "drop": true },\n { "at": 949, ${message('Update')} } ] }`,
      'x.json:2: flux[1].at falls into the gap after a lost connection; the next connection stands at 950',
    ],
    ['a trailing comma', '{\n "flux": [],\n}', 'x.json:3: not JSON: Unexpected token RBrace found'],
    ['half a file', '{ "flux": [', 'x.json:1: not JSON: Unexpected end of input found'],
    ['an empty file', '', 'x.json:1: not JSON: Unexpected end of input found'],
  ])('with %s names line and field', (_, text, complaint) => {
    expect(() => parseScenario(text, 'x.json')).toThrow(new ScenarioError('invalid', complaint));
  });

  it('in rows names the line of the row', () => {
    const good = `{ "at": 1, ${message('Update')} }`;
    expect(() => parseScenario(`${good}\n\n{ "at": "2", ${message('Update')} }`, 'x.jsonl')).toThrow(
      'x.jsonl:3: flux[1].at must be a number',
    );
    expect(() => parseScenario(`${good}\n{ "at": 2\n${good}`, 'x.jsonl')).toThrow(
      'x.jsonl:2: not JSON: Unexpected end of input found',
    );
  });

  it('accepts a row at the moment of the next connection', () => {
    const text = `{ "flux": [ { "at": 900, "drop": true }, { "at": 1200, ${message('Update')} } ] }`;
    expect(parseScenario(text).flux).toHaveLength(2);
  });
});
