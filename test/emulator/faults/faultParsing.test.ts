import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import schema from '../../../src/emulator/faults/fault.schema.json' with { type: 'json' };
import { parseFaults } from '../../../src/emulator/faults/parseFaults.ts';
import { parseScenario } from '../../../src/emulator/scenario/index.ts';
import { ScenarioError } from '../../../src/errors.ts';

const kinds =
  'refuse, stall, drop, close, end, finish, error, malformed, unknown, duplicate, missing, late, slow, latency, stale, odd, split, crlf, comments, join, variant';

describe('parseFaults', () => {
  it('reads one fault or a list of faults', () => {
    const [drop, refuse] = [
      { service: 'listen', kind: 'drop', after: 'StartOfTurn', afterMs: 200, connection: 0, times: 2, probability: 0.5 },
      { service: 'chat', kind: 'refuse', status: 429, retryAfterMs: 1500 },
    ];
    expect(parseFaults(JSON.stringify(drop))).toStrictEqual([drop]);
    expect(parseFaults(JSON.stringify([drop, refuse]))).toStrictEqual([drop, refuse]);
    expect(parseFaults('[]')).toStrictEqual([]);
  });

  it.each([
    ['no kind', '{ "service": "listen" }', '--fault:1: kind is missing'],
    ['an unknown kind', '{ "service": "listen",\n "kind": "explode" }', `--fault:2: kind must be one of ${kinds}`],
    ['no service', '{ "kind": "drop" }', '--fault:1: service is missing'],
    ['an unknown service', '{ "kind": "drop", "service": "mail" }', '--fault:1: service must be one of listen, speak, chat'],
    ['a service without this kind', '{ "kind": "crlf", "service": "listen" }', '--fault:1: service must be one of chat'],
    ['a status out of range', '{ "kind": "refuse", "service": "chat", "status": 200 }', '--fault:1: status must be >= 400'],
    ['no status', '{ "kind": "refuse", "service": "chat" }', '--fault:1: status is missing'],
    [
      'an unknown close code',
      '{ "kind": "close", "service": "speak", "code": 1004 }',
      '--fault:1: code must be one of 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013',
    ],
    [
      'a parameter of another fault',
      '{ "kind": "odd", "service": "speak", "ms": 5 }',
      '--fault:1: ms is not a field here (kind, service, connection, times, probability)',
    ],
    [
      'a name where there are only tokens',
      '{ "kind": "drop", "service": "chat", "after": "x" }',
      '--fault:1: service must be one of listen, speak',
    ],
    [
      'a variant of another service',
      '{ "kind": "variant", "service": "chat",\n "sound": "before Flush" }',
      '--fault:1: service must be one of speak',
    ],
    ['an unknown variant', '{ "kind": "variant", "service": "speak", "close": "late" }', '--fault:1: close must be at once'],
    ['a probability above 1', '{ "kind": "drop", "service": "chat", "probability": 2 }', '--fault:1: probability must be <= 1'],
    ['a word', '"drop"', '--fault:1: the fault must be an object'],
    ['one invalid fault among several', '[ { "kind": "odd", "service": "speak" },\n 7 ]', '--fault:2: [1] must be an object'],
    ['no JSON', 'drop', "--fault:1: not JSON: Unexpected character 'd' found"],
  ])('with %s names line and field', (_, text, complaint) => {
    expect(() => parseFaults(text, '--fault')).toThrow(new ScenarioError('invalid', complaint));
  });

  it('is used for the faults of a scenario', () => {
    const scenario = (kind: string) => `{ "faults": [\n { "service": "speak", "kind": "${kind}" } ] }`;
    expect(parseScenario(scenario('odd')).faults).toStrictEqual([{ service: 'speak', kind: 'odd' }]);
    expect(() => parseScenario(scenario('end'), 'x.json')).toThrow('x.json:2: faults[0].service must be one of chat');
  });
});

describe('docs/faults.md', () => {
  const section = (title: string) =>
    readFileSync('docs/faults.md', 'utf8')
      .split('\n## ')
      .find((text) => text.startsWith(title));
  const rows = section('The kinds')!
    .split('\n')
    .flatMap((line) => [...line.matchAll(/^\| `(\w+)` +\| (.*?) +\| .* \| ([\w, ]+?) +\|$/gm)])
    .map(([, kind, parameters = '', services = '']) => ({ kind, parameters, services: services.split(', ') }));

  it('lists every kind of the schema, with its services', () => {
    expect(rows.map(({ kind, services }) => ({ kind, services }))).toStrictEqual(
      schema.oneOf.map(({ properties }) => ({ kind: properties.kind.const, services: properties.service.enum })),
    );
  });

  it('lists every parameter of each kind', () => {
    const common = ['kind', 'service', 'connection', 'times', 'probability'];
    const named = (parameters: string) =>
      [...parameters.matchAll(/`(\w+)\??`/g)]
        .map(([, name]) => name)
        .concat(
          parameters.includes('delay') ? ['ms', 'jitterMs', 'distribution'] : [],
          parameters.includes('place') ? ['after', 'afterMessages', 'afterMs'] : [],
        );
    expect(rows.map(({ parameters }) => named(parameters).sort())).toStrictEqual(
      schema.oneOf.map(({ properties }) =>
        Object.keys(properties)
          .filter((name) => !common.includes(name))
          .sort(),
      ),
    );
  });

  it('lists every field of a variant, with its services', () => {
    const variant = schema.oneOf.find(({ properties }) => properties.kind.const === 'variant')!;
    const named = [...section('Variants')!.matchAll(/^\| (`.*?) \| ([\w, ]+) \|/gm)].flatMap(([, fields = '', services = '']) =>
      [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => [name, services.split(', ')]),
    );
    const of = (field: string) => {
      const schemas: Readonly<Record<string, unknown>> = variant.dependentSchemas ?? {};
      const { $ref, properties } = schemas[field] as { $ref?: string; properties?: { service: { enum: string[] } } };
      const defined = { ofSockets: ['listen', 'speak'], ofListen: ['listen'], ofSpeak: ['speak'] } as const;
      return properties?.service.enum ?? defined[$ref!.replace('#/$defs/', '') as keyof typeof defined];
    };
    const common = ['kind', 'service', 'connection', 'times', 'probability'];
    const fields = Object.keys(variant.properties).filter((name) => !common.includes(name));
    expect(Object.fromEntries(named)).toStrictEqual(Object.fromEntries(fields.map((name) => [name, of(name)])));
  });
});
