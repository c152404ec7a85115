import { ScenarioError } from '../../errors.ts';
import { complaint, pathName } from '../scenario/complaint.ts';
import { readJson } from '../scenario/readJson.ts';
import type { Fault } from './fault.ts';

/**
 * Reads a fault, or a list of faults, from JSON. Throws a `ScenarioError` whose message names line and field:
 * `--fault:1: status is missing`.
 */
export function parseFaults(text: string, name = 'fault'): readonly Fault[] {
  const { value, lineOf } = readJson(text, name);
  const faults: readonly unknown[] = Array.isArray(value) ? value : [value];
  faults.forEach((fault, index) => {
    const bad = complaint('fault', fault);
    if (!bad) return;
    const path = Array.isArray(value) ? [index, ...bad.path] : bad.path;
    throw new ScenarioError('invalid', `${name}:${lineOf(path)}: ${pathName(path) || 'the fault'} ${bad.what}`);
  });
  return faults as readonly Fault[];
}
