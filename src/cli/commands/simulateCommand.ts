import type { Message } from '../../../operators/events.ts';
import { parseScenario } from '../../emulator/scenario/parseScenario.ts';
import type { Request, Result, Violation } from '../../testing/result.ts';
import { simulate as simulated } from '../../testing/simulate.ts';
import { chart, legend } from '../../testing/timingChart.ts';
import { colorsFor, type Colors } from '../colors.ts';
import { exitCodes, type Subcommand } from '../subcommand.ts';
import { Figures } from '../figures.ts';
import { readContent } from '../inputFile.ts';
import { Rows } from '../rows.ts';
import { clock, columns, count, withoutControlCharacters, wrap } from '../terminalText.ts';

interface SimulateFlags {
  readonly json?: boolean;
  readonly full?: boolean;
}

export const simulateCommand: Subcommand = (command, ends) =>
  command
    .argument('<scenario>', 'a scenario as JSON, or JSONL with one row of Flux a line')
    .option('--json', 'print the result as one JSON object')
    .option('--full', 'with --json: all messages of each request, not only those added since an earlier one')
    .action((file: string, flags: SimulateFlags) => ends(simulate(file, flags)));

/** Exit code 1 if a rule was broken. */
function simulate(file: string, { json = false, full = false }: SimulateFlags): number {
  const scenario = parseScenario(readContent(file, 'a scenario'), file);
  const result = simulated(scenario);
  const lines = json ? [JSON.stringify(full ? result : brief(result))] : linesOf(result, scenario.about);
  process.stdout.write(`${lines.join('\n')}\n`);
  return result.violations.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** A request with the messages added since request number `since` (from 0), or with all messages if there is no `since`. */
export interface BriefRequest extends Request {
  readonly since?: number;
}

/** Leaves out the messages that an earlier request has sent: a call of n turns would otherwise list n² messages. */
export function brief(result: Result): Omit<Result, 'requests'> & { readonly requests: readonly BriefRequest[] } {
  return { ...result, requests: result.requests.map((request, k) => sinceEarlier(request, result.requests.slice(0, k))) };
}

/** Compares with the last request whose messages are all sent again. A request of a dropped draft may not be that one. */
function sinceEarlier({ at, messages, ...rest }: Request, earlier: readonly Request[]): BriefRequest {
  const since = earlier.findLastIndex((request) => request.messages.every((message, k) => same(message, messages[k])));
  const kept = earlier[since]?.messages.length ?? 0;
  return { at, ...(since >= 0 && { since }), messages: messages.slice(kept), ...rest };
}

const same = (one: Message, other: Message | undefined) =>
  one.role === other?.role && one.content === other.content && one.interrupted === other.interrupted;

/** The events, a timing chart, the figures, the broken rules. */
function linesOf(result: Result, about: string | undefined): readonly string[] {
  const colors = colorsFor(process.stdout);
  const width = columns(120);
  const rows = new Rows(colors, columns);
  const figures = new Figures();
  for (const event of result.events) figures.see(event);
  const table = figures.table(colors);
  return [
    ...(about === undefined ? [] : [colors.bold(withoutControlCharacters(about)), '']),
    ...result.events.flatMap((event) => rows.of(event)),
    '',
    ...chart(result, width),
    ...wrap(legend, width, '  ').map(colors.dim),
    '',
    ...(table === '' ? [] : ['Milliseconds from the end of each turn:', '', table, '']),
    `${figures.summary()} · ${count(result.requests.length, 'request')} to the model`,
    ...result.violations.map((violation) => broken(violation, colors)),
  ];
}

function broken({ rule, at, message, events }: Violation, colors: Colors): string {
  return colors.red(`BROKEN at ${clock(at)}: ${rule}: ${withoutControlCharacters(message)} (events ${events.join(', ')})`);
}
