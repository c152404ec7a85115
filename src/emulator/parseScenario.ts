import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { ScenarioError } from '../errors.ts';
import { readJson, type Path } from './readJson.ts';
import schema from './scenario.schema.json' with { type: 'json' };
import type { FluxRow, Scenario } from './scenario.ts';

/**
 * Reads a scenario: JSON, or one row of `flux` a line (`.jsonl`). Throws a `ScenarioError` whose message names line and
 * field: `calls/x.json:7: flux[1].at must be a number`.
 *
 * Beyond the schema, rows are in order of time, and none falls between a drop and the connection after it.
 */
export function parseScenario(text: string, name = 'scenario'): Scenario {
  const { value, lineOf } = readJson(isRows(text, name) ? rowsAsScenario(text, name) : text, name);
  const refuse = (path: Path, complaint: string): never => {
    throw new ScenarioError('invalid', `${name}:${lineOf(path)}: ${pathName(path)} ${complaint}`);
  };

  const valid = validator();
  if (!valid(value)) {
    const error = valid.errors?.[0];
    if (error) refuse(pathOf(error), complaintOf(error));
  }
  const scenario = value as Scenario;
  checkOrder(scenario.flux ?? [], 'flux', refuse);
  checkOrder(scenario.controls ?? [], 'controls', refuse);
  checkGaps(scenario.flux ?? [], scenario.reconnectMs ?? 300, refuse);
  return scenario;
}

/** A file named so, or one whose first line is a row by itself. */
function isRows(text: string, name: string): boolean {
  if (name.endsWith('.jsonl')) return true;
  const first = text.trimStart().split('\n', 1)[0] ?? '';
  try {
    const value: unknown = JSON.parse(first);
    return typeof value === 'object' && value !== null && Object.hasOwn(value, 'at');
  } catch {
    return false;
  }
}

/** The same rows as a scenario, each still on its line. */
function rowsAsScenario(text: string, name: string): string {
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  lines.forEach((line, index) => {
    if (line.trim() !== '') readJson(line, name, index);
  });
  return `{"flux":[${lines.map((line, index) => (line.trim() !== '' && index < last ? `${line},` : line)).join('\n')}]}`;
}

type Refuse = (path: Path, complaint: string) => never;

function checkOrder(rows: readonly { readonly at: number }[], field: string, refuse: Refuse): void {
  let before = 0;
  rows.forEach(({ at }, index) => {
    if (at < before) refuse([field, index, 'at'], `must not be before the row above it (${at} < ${before})`);
    before = at;
  });
}

function checkGaps(rows: readonly FluxRow[], reconnectMs: number, refuse: Refuse): void {
  let stands = 0;
  rows.forEach((row, index) => {
    if (row.at < stands)
      refuse(['flux', index, 'at'], `falls into the gap after a drop; the next connection stands at ${stands}`);
    if ('drop' in row) stands = row.at + reconnectMs;
  });
}

let compiled: ValidateFunction | undefined;

/** Compiled on first use: loading ajv takes longer than anything else here, and most who import this room parse nothing. */
function validator(): ValidateFunction {
  if (compiled) return compiled;
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  return (compiled = new Ajv2020({ verbose: true, allowUnionTypes: true, strictTypes: false }).compile(schema));
}

/** Where the fault is; a missing field is looked for where it should stand, a field too many where it does. */
function pathOf({ instancePath, keyword, params }: ErrorObject): Path {
  const parents = instancePath.split('/').slice(1).map(unescapePointer);
  const field = keyword === 'required' ? 'missingProperty' : keyword === 'additionalProperties' ? 'additionalProperty' : '';
  return field === '' ? parents : [...parents, String(params[field])];
}

function unescapePointer(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function complaintOf({ keyword, params, message, parentSchema }: ErrorObject): string {
  const fields = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return `is not a field here (${fields.join(', ')})`;
    case 'minProperties':
    case 'maxProperties':
      return `must have ${keyword === 'minProperties' ? '' : 'only '}at and one of ${fields.slice(1).join(', ')}`;
    case 'type':
      return `must be ${[params['type']].flat().map(withArticle).join(' or ')}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${String(params['allowedValue'])}`;
    case 'not':
      return 'must be false or an object';
    default:
      return message ?? 'is not valid';
  }
}

function withArticle(type: unknown): string {
  return `${/^[aio]/.test(String(type)) ? 'an' : 'a'} ${String(type)}`;
}

function pathName(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return name === '' ? 'the scenario' : name.replace(/^\./, '');
}
