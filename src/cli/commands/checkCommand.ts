import { fluxViolations, type FluxViolation } from '../../flux/conform.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { textOf } from '../contents.ts';
import { count, legible } from '../paint.ts';
import { wireLog } from '../wireLog.ts';

/** The flags of `sluice check`. */
export interface CheckFlags {
  readonly json?: boolean;
}

/** `sluice check`: holds messages of Flux, one a line, against what Flux promises. Exit 1 if one breaks a promise. */
export function check(file: string, { json = false }: CheckFlags): number {
  const wire = wireLog(readLog(file), file);
  const violations = fluxViolations(wire.map(({ message }) => message)).map(({ rule, position, message }) => ({
    rule,
    line: wire[position]?.line ?? 0,
    message,
  }));
  const messages = wire.filter(({ added }) => !added).length;
  const lines = json ? [JSON.stringify({ messages, violations })] : account(file, messages, violations);
  process.stdout.write(`${lines.join('\n')}\n`);
  return violations.length > 0 ? exitCodes.failed : exitCodes.done;
}

type Found = Omit<FluxViolation, 'position'> & { readonly line: number };

function account(file: string, messages: number, violations: readonly Found[]): readonly string[] {
  const found = violations.map(({ rule, line, message }) => `${file}:${line}: ${rule}: ${legible(message)}`);
  const broken = violations.length === 0 ? 'all as Flux promises' : count(violations.length, 'violation');
  return [...found, `${count(messages, 'message')} of Flux, ${broken}`];
}

/** The text of a file with messages of Flux. */
export function readLog(file: string): string {
  const text = textOf(file);
  if (text.trim() === '') throw usageError(`${file}:1: the file is empty: there are no messages in it.`);
  return text;
}
