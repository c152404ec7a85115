import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import type { Recorded } from '../record/file/readRecording.ts';
import { openSound, type Sound } from '../timeline/sound.ts';
import { timeline } from '../timeline/timeline.ts';
import { usageError } from './subcommand.ts';

/** The default path of a timeline: beside its recording. */
export const timelinePath = (file: string) => join(dirname(file), `${basename(file, extname(file))}.html`);

/** Writes the timeline of a recording. Never over the recording or its sound. */
export function writeTimeline(recording: Recorded, file: string, output: string): void {
  const named = recording.header.audio?.file;
  const wav = named === undefined ? undefined : join(dirname(file), named);
  for (const source of [file, ...(wav === undefined ? [] : [wav])]) {
    if (resolve(source) === resolve(output))
      throw usageError(`The timeline would overwrite ${source}: name another file with -o.`);
  }
  const page = timeline(recording, { name: basename(file), sound: wav === undefined ? undefined : soundOf(wav, output) });
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, page);
}

/** Opens the sound, if it is there. Without it the page says that the sound is missing. */
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
