import { eventsOf } from '../../record/replay/replay.ts';
import { why as causesOf, type Cause } from '../../record/why.ts';
import { colorsFor } from '../colors.ts';
import { exitCodes, type JsonFlag, type Subcommand, usageError } from '../subcommand.ts';
import { readRecordingFile } from '../inputFile.ts';
import { clock, withoutControlCharacters } from '../terminalText.ts';
import { wholeNumberBetween } from '../valueParsers.ts';

export const whyCommand: Subcommand = (command, ends) =>
  command
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .argument('<event>', 'the id of the event', wholeNumberBetween(1, Number.MAX_SAFE_INTEGER))
    .option('--json', 'print the event and its causes as one JSON list')
    .action((file: string, event: number, flags: JsonFlag) => ends(why(file, event, flags)));

function why(file: string, id: number, { json = false }: JsonFlag): number {
  const recording = readRecordingFile(file);
  const causes = causesOf(recording, id);
  if (causes.length === 0) {
    const ids = eventsOf(recording.lines).map((event) => event.id);
    const known = ids.length === 0 ? 'it has no events' : `its events are ${Math.min(...ids)} to ${Math.max(...ids)}`;
    throw usageError(`${file} has no event ${id}: ${known}.`);
  }
  const lines = json ? [JSON.stringify(causes)] : folded(causes).map(lineOf);
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCodes.done;
}

type Folded = Cause & { readonly more: number };

/** Replaces a run of `Update`s or `Token`s by its first event and the number of the others. */
function folded(causes: readonly Cause[]): readonly Folded[] {
  return causes.reduce<readonly Folded[]>((all, cause) => {
    const { type } = cause.event;
    const last = all.at(-1);
    const isMore = last?.event.type === type && (type === 'Update' || type === 'Token');
    return isMore ? [...all.slice(0, -1), { ...last, more: last.more + 1 }] : [...all, { ...cause, more: 0 }];
  }, []);
}

function lineOf({ event, text, policy, more }: Folded, index: number): string {
  const { dim } = colorsFor(process.stdout);
  const because = index === 0 ? '' : 'because ';
  const by = policy === undefined ? '' : `; policy ${policy}`;
  const id = `(${event.type} ${event.id}${more > 0 ? `, and ${more} before it` : ''})`;
  return `${clock(event.at)}  ${because}${withoutControlCharacters(text + by)}  ${dim(id)}`;
}
