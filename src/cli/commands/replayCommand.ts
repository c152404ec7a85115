import { ignoreElements, lastValueFrom, map, takeUntil, tap } from 'rxjs';
import type { AgentEvent } from '../../../operators/events.ts';
import { lazily } from '../../emulator/scenario/lazily.ts';
import { readJson } from '../../emulator/scenario/readJson.ts';
import { SluiceError } from '../../errors.ts';
import type { AgentOptions } from '../../agent/options.ts';
import type { Recorded } from '../../record/file/readRecording.ts';
import { replay as replayed, type ReplayConfig, type Replayed } from '../../record/replay/replay.ts';
import { optionsComplaint } from '../../record/file/validLine.ts';
import { exitCodes, type Subcommand, usageError } from '../subcommand.ts';
import { interruption } from '../interruption.ts';
import { colorsFor } from '../colors.ts';
import { readRecordingFile } from '../inputFile.ts';
import { parsers } from '../runFlags.ts';
import { defined } from '../settings.ts';
import { Rows } from '../rows.ts';
import { sideBySide } from '../sideBySide.ts';
import { clock, columns, count, withoutControlCharacters } from '../terminalText.ts';

interface ReplayFlags {
  readonly agent?: string;
  readonly eot?: number;
  readonly eagerEot?: number;
  readonly eotTimeout?: number;
  readonly json?: boolean;
  readonly speed?: number;
}

export const replayCommand: Subcommand = (command, ends) =>
  command
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('--agent <json>', 'what if the agent had these options? (the exit code is then 0)')
    .option('--eot <confidence>', 'what if Flux had ended turns at this confidence? 0.5 to 1', parsers.eot)
    .option('--eager-eot <confidence>', 'what if drafts had started at this confidence? 0.3 to 0.9', parsers.eagerEot)
    .option('--eot-timeout <ms>', 'what if Flux had ended turns after this silence? 500 to 60000', parsers.eotTimeout)
    .option('--json', 'print the result as one JSON object')
    .option('--speed <factor>', 'print the events at their times first, this many times faster', parsers.speed)
    .action(async (file: string, flags: ReplayFlags) => ends(await replay(file, flags)));

/** Exit code 1 if the outcome differs from the recorded one, unless a flag asked for something else. */
async function replay(file: string, { json = false, speed, ...flags }: ReplayFlags): Promise<number> {
  const whatIf = whatIfOf(flags);
  const outcome = outcomeOf(readRecordingFile(file), whatIf);
  if (speed !== undefined && !json) {
    const stopped = await show(outcome.events, speed);
    if (stopped !== undefined) return stopped;
  }
  const lines = json ? [JSON.stringify(toJson(outcome))] : [...guesses(outcome), ...account(outcome, whatIf !== undefined)];
  process.stdout.write(`${lines.join('\n')}\n`);
  return outcome.difference && whatIf === undefined ? exitCodes.failed : exitCodes.done;
}

/** The options and thresholds of the flags; undefined without any. */
function whatIfOf({ agent, eot, eagerEot, eotTimeout }: ReplayFlags): ReplayConfig | undefined {
  const options = agent === undefined ? undefined : optionsOf(agent);
  const thresholds = defined({ eotThreshold: eot, eagerEotThreshold: eagerEot, eotTimeoutMs: eotTimeout });
  if (Object.keys(thresholds).length === 0) return options && { agent: options };
  // a draft outlives the silence after which Flux ends a turn, as in `sluice run`
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

/** Prints the events at their times. Returns the exit code if it was interrupted. */
async function show(events: readonly AgentEvent[], speed: number): Promise<number | undefined> {
  const { stdout } = process;
  const rows = new Rows(colorsFor(stdout), columns);
  let stopped: number | undefined;
  const stop = interruption().pipe(tap((code) => (stopped = code)));
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

/** The longest list of turns; `--json` has all of them. */
const mostTurns = 8;

const guesses = ({ guesses }: Replayed): readonly string[] =>
  guesses.map(({ at, what, turns = [] }) => {
    const more = turns.length > mostTurns ? ` and ${turns.length - mostTurns} more` : '';
    const which = turns.length === 0 ? '' : ` (${turns.slice(0, mostTurns).join(', ')}${more})`;
    return `From ${clock(at).trim()} on the replay is partly a guess: the recording does not contain ${what}${which}.`;
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
    `${whatIf ? 'Another outcome' : 'Not the recorded outcome'}. The first event that differs${what}:`,
    `  recorded: ${eventIn(difference.recorded)}`,
    `  replayed: ${eventIn(difference.replayed)}`,
  ];
  return whatIf ? [...first, '', ...sideBySide(recorded, events)] : first;
}

const eventIn = (event: AgentEvent | undefined) => (event ? withoutControlCharacters(JSON.stringify(event)) : 'none');
