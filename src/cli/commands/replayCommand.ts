import { ignoreElements, lastValueFrom, map, take, takeUntil, tap } from 'rxjs';
import type { AgentEvent } from '../../../operators/events.ts';
import { lazily } from '../../emulator/scenario/lazily.ts';
import { readJson } from '../../emulator/scenario/readJson.ts';
import { SluiceError } from '../../errors.ts';
import type { AgentOptions } from '../../agent/options.ts';
import type { Recorded } from '../../record/file/readRecording.ts';
import { replay as replayed, type ReplayConfig, type Replayed } from '../../record/replay/replay.ts';
import { optionsComplaint } from '../../record/file/validLine.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { interruption } from '../interruption.ts';
import { clock, colorsFor, count, legible } from '../paint.ts';
import { recordingOf } from '../recordingOf.ts';
import { Rows } from '../rows.ts';
import { sideBySide } from '../sideBySide.ts';

/** The flags of `sluice replay`. */
export interface ReplayFlags {
  readonly agent?: string;
  readonly eot?: number;
  readonly eagerEot?: number;
  readonly eotTimeout?: number;
  readonly json?: boolean;
  readonly speed?: number;
}

/** `sluice replay`: today's pipeline on a recording. Exit 1 if the outcome is another; with other options it may be. */
export async function replay(file: string, { json = false, speed, ...flags }: ReplayFlags): Promise<number> {
  const whatIf = whatIfOf(flags);
  const outcome = outcomeOf(recordingOf(file), whatIf);
  if (speed !== undefined && !json) {
    const stopped = await show(outcome.events, speed);
    if (stopped !== undefined) return stopped;
  }
  const lines = json ? [JSON.stringify(toJson(outcome))] : [...guesses(outcome), ...account(outcome, whatIf !== undefined)];
  process.stdout.write(`${lines.join('\n')}\n`);
  return outcome.difference && whatIf === undefined ? exitCodes.failed : exitCodes.done;
}

/** What is to be otherwise; nothing if all is to be as it was. */
function whatIfOf({ agent, eot, eagerEot, eotTimeout }: ReplayFlags): ReplayConfig | undefined {
  const options = agent === undefined ? undefined : optionsOf(agent);
  const thresholds = {
    ...(eot !== undefined && { eotThreshold: eot }),
    ...(eagerEot !== undefined && { eagerEotThreshold: eagerEot }),
    ...(eotTimeout !== undefined && { eotTimeoutMs: eotTimeout }),
  };
  if (Object.keys(thresholds).length === 0) return options && { agent: options };
  // a draft outlives the longest silence after which Flux ends a turn, as in `sluice run`
  const draftTimeout = eotTimeout !== undefined && { draftTimeoutMs: eotTimeout + 1000 };
  return { agent: { ...draftTimeout, ...options }, thresholds };
}

function outcomeOf(recording: Recorded, whatIf: ReplayConfig | undefined): Replayed {
  try {
    return replayed(recording, whatIf);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'invalid') throw usageError(error.message, error);
    throw error;
  }
}

function optionsOf(text: string): AgentOptions {
  const { value } = readJson(text, '--agent');
  const wrong = optionsComplaint(value);
  if (wrong !== undefined) throw usageError(`--agent: ${wrong}.`);
  return value as AgentOptions;
}

/** The exit code, if it was told to stop. */
async function show(events: readonly AgentEvent[], speed: number): Promise<number | undefined> {
  const { stdout } = process;
  const rows = new Rows(colorsFor(stdout), () => (stdout.isTTY ? stdout.columns || 80 : Infinity));
  let stopped: number | undefined;
  const stop = interruption().pipe(
    take(1),
    tap((code) => (stopped = code)),
  );
  const shown = lazily(events.map((event) => ({ at: event.at / speed, event }))).pipe(
    map(({ event }) => rows.of(event)),
    tap((lines) => lines.forEach((line) => stdout.write(`${line}\n`))),
    ignoreElements(),
    takeUntil(stop),
  );
  await lastValueFrom(shown, { defaultValue: undefined });
  if (stopped === undefined) stdout.write('\n');
  return stopped;
}

const toJson = ({ difference, shiftMs, guesses, events }: Replayed) => ({
  same: difference === undefined,
  ...(difference && { difference }),
  shiftMs,
  guesses,
  events,
});

/** More turns than this are a list nobody reads: `--json` has them all. */
const mostTurns = 8;

const guesses = ({ guesses }: Replayed): readonly string[] =>
  guesses.map(({ at, what, turns = [] }) => {
    const more = turns.length > mostTurns ? ` and ${turns.length - mostTurns} more` : '';
    const which = turns.length === 0 ? '' : ` (${turns.slice(0, mostTurns).join(', ')}${more})`;
    return `From ${clock(at).trim()} on it is partly made up, for the recording does not tell ${what}${which}.`;
  });

function account(outcome: Replayed, whatIf: boolean): readonly string[] {
  const { difference, shiftMs, events, recorded } = outcome;
  if (recorded.length === 0) return [`${count(events.length, 'event')}; the recording has none to compare with.`];
  if (!difference) {
    const apart = shiftMs === 0 ? 'to the millisecond' : `no event more than ${Math.ceil(shiftMs)} ms apart`;
    return [`The same outcome as recorded: ${count(events.length, 'event')}, ${apart}.`];
  }
  const { fields } = difference;
  const what = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  const first = [
    `${whatIf ? 'Another outcome' : 'Not the outcome that was recorded'}. The first event that differs${what}:`,
    `  recorded: ${eventIn(difference.recorded)}`,
    `  replayed: ${eventIn(difference.replayed)}`,
  ];
  return whatIf ? [...first, '', ...sideBySide(recorded, events)] : first;
}

const eventIn = (event: AgentEvent | undefined) => (event ? legible(JSON.stringify(event)) : 'none');
