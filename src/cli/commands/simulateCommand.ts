import type { Message } from '../../../operators/events.ts';
import { parseScenario } from '../../emulator/scenario/parseScenario.ts';
import type { Request, Result, Violation } from '../../testing/result.ts';
import { simulate as simulated } from '../../testing/simulate.ts';
import { chart } from '../../testing/timingChart.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { textOf } from '../contents.ts';
import { Figures } from '../figures.ts';
import { legendIn } from '../legend.ts';
import { clock, colorsFor, count, legible, type Colors } from '../paint.ts';
import { Rows } from '../rows.ts';

/** The flags of `sluice simulate`. */
export interface SimulateFlags {
  readonly json?: boolean;
  readonly full?: boolean;
}

/** `sluice simulate`: plays a scenario in virtual time and says what came of it. Exit 1 if a rule was broken. */
export function simulate(file: string, { json = false, full = false }: SimulateFlags): number {
  const scenario = parseScenario(read(file), file);
  const result = simulated(scenario);
  const lines = json ? [JSON.stringify(full ? result : brief(result))] : account(result, scenario.about);
  process.stdout.write(`${lines.join('\n')}\n`);
  return result.violations.length > 0 ? exitCodes.failed : exitCodes.done;
}

function read(file: string): string {
  const text = textOf(file);
  if (text.trim() === '') throw usageError(`${file}:1: the file is empty: there is no scenario in it.`);
  return text;
}

/** A request with the messages added since request `since` (counted from 0); without `since`: all of them. */
export interface BriefRequest extends Request {
  readonly since?: number;
}

/** The result without what an earlier request had sent already: a call of n turns would send n² messages. */
export function brief(result: Result): Omit<Result, 'requests'> & { readonly requests: readonly BriefRequest[] } {
  return { ...result, requests: result.requests.map((request, k) => sinceEarlier(request, result.requests.slice(0, k))) };
}

/** What was added to the last request whose messages were all sent again: a draft that came to nothing is passed over. */
function sinceEarlier({ at, messages, ...rest }: Request, earlier: readonly Request[]): BriefRequest {
  const since = earlier.findLastIndex((request) => request.messages.every((message, k) => same(message, messages[k])));
  const kept = earlier[since]?.messages.length ?? 0;
  return { at, ...(since >= 0 && { since }), messages: messages.slice(kept), ...rest };
}

const same = (one: Message, other: Message | undefined) =>
  one.role === other?.role && one.content === other.content && one.interrupted === other.interrupted;

/** What came of it for a reader: what happened, a timing chart, the figures, what was broken. */
function account(result: Result, about: string | undefined): readonly string[] {
  const { stdout } = process;
  const colors = colorsFor(stdout);
  const columns = stdout.isTTY ? stdout.columns || 80 : undefined;
  const rows = new Rows(colors, () => columns ?? Infinity);
  const figures = new Figures();
  for (const event of result.events) figures.see(event);
  const table = figures.table(colors, 1);
  return [
    ...(about === undefined ? [] : [colors.bold(legible(about)), '']),
    ...result.events.flatMap((event) => rows.of(event)),
    '',
    ...chart(result, columns ?? 120),
    ...legendIn(columns ?? 120).map(colors.dim),
    '',
    ...(table === '' ? [] : ['Milliseconds from the end of each turn:', '', table, '']),
    `${figures.summary()} · ${count(result.requests.length, 'request')} to the model`,
    ...result.violations.map((violation) => broken(violation, colors)),
  ];
}

function broken({ rule, at, message, events }: Violation, colors: Colors): string {
  return colors.red(`BROKEN at ${clock(at)}: ${rule}: ${legible(message)} (events ${events.join(', ')})`);
}
