import { isReplaceable } from '../../record/file/fileSink.ts';
import { exitCodes, type Subcommand, usageError } from '../subcommand.ts';
import { readRecordingFile } from '../inputFile.ts';
import { timelinePath, writeTimeline } from '../timelineFile.ts';
import { notEmpty } from '../valueParsers.ts';

interface TimelineFlags {
  readonly output?: string;
}

export const timelineCommand: Subcommand = (command, ends) =>
  command
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('-o, --output <file.html>', 'path of the page (default: beside the recording)', notEmpty)
    .action((file: string, flags: TimelineFlags) => ends(timeline(file, flags)));

function timeline(file: string, { output = timelinePath(file) }: TimelineFlags): number {
  if (!isReplaceable(output, 'timeline'))
    throw usageError(`${output} exists already and is not a timeline: name another file with -o.`);
  writeTimeline(readRecordingFile(file), file, output);
  process.stdout.write(`The timeline: ${output}\n`);
  return exitCodes.done;
}
