import { fluxViolations, type FluxViolation } from '../../flux/conform.ts';
import { exitCodes, type JsonFlag, type Subcommand } from '../subcommand.ts';
import { readContent } from '../inputFile.ts';
import { count, withoutControlCharacters } from '../terminalText.ts';
import { wireLog } from '../wireLog.ts';

export const checkCommand: Subcommand = (command, ends) =>
  command
    .argument('<file.jsonl>', 'messages of Flux, one a line, bare or as { at, message }; or the rows of a scenario')
    .option('--json', 'print the result as one JSON object')
    .action((file: string, flags: JsonFlag) => ends(check(file, flags)));

/** Exit code 1 if a message breaks a rule. */
function check(file: string, { json = false }: JsonFlag): number {
  const wire = wireLog(readContent(file, 'messages of Flux'), file);
  const violations = fluxViolations(wire.map(({ message }) => message)).map(({ rule, position, message }) => ({
    rule,
    line: wire[position]?.line ?? 0,
    message,
  }));
  const messages = wire.filter(({ added }) => !added).length;
  const lines = json ? [JSON.stringify({ messages, violations })] : linesOf(file, messages, violations);
  process.stdout.write(`${lines.join('\n')}\n`);
  return violations.length > 0 ? exitCodes.failed : exitCodes.done;
}

type Found = Omit<FluxViolation, 'position'> & { readonly line: number };

function linesOf(file: string, messages: number, violations: readonly Found[]): readonly string[] {
  const found = violations.map(({ rule, line, message }) => `${file}:${line}: ${rule}: ${withoutControlCharacters(message)}`);
  const result = violations.length === 0 ? 'no violation' : count(violations.length, 'violation');
  return [...found, `${count(messages, 'message')} of Flux, ${result}`];
}
