import { ScenarioError } from '../../errors.ts';
import { complaint, pathName } from './complaint.ts';
import { readJson, withoutMark, type Path } from './readJson.ts';
import { isLoss } from './fluxScript.ts';
import type { FluxRow, Scenario } from './scenario.ts';

/**
 * Reads a scenario: JSON, or one row of `flux` a line (`.jsonl`). Throws a `ScenarioError` whose message names line and
 * field: `calls/x.json:7: flux[1].at must be a number`.
 *
 * Beyond the schema, rows are in order of time, and none falls between a drop and the connection after it.
 */
export function parseScenario(written: string, name = 'scenario'): Scenario {
  const text = withoutMark(written);
  const { value, lineOf } = readJson(isRows(text, name) ? rowsAsScenario(text, name) : text, name);
  const refuse = (path: Path, what: string): never => {
    throw new ScenarioError('invalid', `${name}:${lineOf(path)}: ${pathName(path) || 'the scenario'} ${what}`);
  };

  const bad = complaint('scenario', value);
  if (bad) refuse(bad.path, bad.what);
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

type Refuse = (path: Path, what: string) => never;

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
      refuse(['flux', index, 'at'], `falls into the gap after a lost connection; the next connection stands at ${stands}`);
    if (isLoss(row)) stands = row.at + reconnectMs;
  });
}
