import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { isReplaceable } from '../../record/file/fileSink.ts';
import type { Recorded } from '../../record/file/readRecording.ts';
import { openSound, type Sound } from '../../timeline/sound.ts';
import { timeline as pageOf } from '../../timeline/timeline.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { recordingOf } from '../recordingOf.ts';

/** `sluice timeline`: a recording as a page to look at and listen to. */
export function timeline(file: string, { output = besides(file) }: { readonly output?: string }): number {
  if (!isReplaceable(output, 'timeline'))
    throw usageError(`${output} is there already, and is no timeline: name another file with -o.`);
  const recording = recordingOf(file);
  writeTimeline(recording, file, output);
  process.stdout.write(`The timeline: ${output}\n`);
  return exitCodes.done;
}

/** Where the page of a recording goes, if nobody says: beside it. */
export const besides = (file: string) => join(dirname(file), `${basename(file, extname(file))}.html`);

/** Writes the page of a recording. Never over the recording or its sound. */
export function writeTimeline(recording: Recorded, file: string, output: string): void {
  const wav = wavOf(recording, file);
  for (const source of [file, ...(wav === undefined ? [] : [wav])]) {
    if (resolve(source) === resolve(output))
      throw usageError(`The timeline would be written over ${source}: name another file with -o.`);
  }
  const sound = wav === undefined ? undefined : soundOf(wav, output);
  const page = pageOf(recording, { name: basename(file), sound });
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, page);
}

/** The WAV that the recording names, seen from where the recording is. */
function wavOf({ header }: Recorded, file: string): string | undefined {
  const named = header.audio?.file;
  return named === undefined ? undefined : join(dirname(file), named);
}

/** The sound, as far as there is any: the page says that it was not at hand. */
function soundOf(wav: string, output: string): Sound | undefined {
  const href = encodeURI(relative(dirname(output), wav))
    .replaceAll('#', '%23')
    .replaceAll('?', '%3F');
  try {
    return openSound(wav, { href });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') return undefined;
    throw error;
  }
}
