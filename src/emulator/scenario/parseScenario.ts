import { parseJson, recordOf } from '../../../operators/core/json.ts';
import { ScenarioError } from '../../errors.ts';
import { complaint, pathName } from './complaint.ts';
import { readJson, withoutMark, type Path } from './readJson.ts';
import { isLoss } from './fluxScript.ts';
import type { FluxRow, Scenario } from './scenario.ts';

/**
 * Reads a scenario: JSON, or one row of `flux` a line (`.jsonl`). Throws a `ScenarioError` whose message names line and
 * field: `calls/x.json:7: flux[1].at must be a number`.
 *
 * It checks the schema, that rows are in order of time, and that no row falls between a drop and the next connection.
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

/** Whether the name ends with `.jsonl`, or the first line is a row by itself. */
function isRows(text: string, name: string): boolean {
  if (name.endsWith('.jsonl')) return true;
  const first = text.trimStart().split('\n', 1)[0] ?? '';
  return Object.hasOwn(recordOf(parseJson(first)), 'at');
}

/** The rows as a scenario; each stays on its line. */
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
  let connectedAt = 0;
  rows.forEach((row, index) => {
    if (row.at < connectedAt)
      refuse(['flux', index, 'at'], `falls into the gap after a lost connection; the next connection stands at ${connectedAt}`);
    if (isLoss(row)) connectedAt = row.at + reconnectMs;
  });
}
