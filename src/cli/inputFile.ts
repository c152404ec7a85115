import { readFileSync } from 'node:fs';
import { readRecording, type Recorded } from '../record/file/readRecording.ts';
import { CommandError, exitCodes, usageError } from './subcommand.ts';
import { withoutControlCharacters } from './terminalText.ts';

/** Reads a file. Names the path if it is a folder, which Node's own error does not. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR')
      throw new CommandError(`${path} is a folder.`, exitCodes.failed, error);
    throw error;
  }
}

export const readText = (path: string): string => readBytes(path).toString();

/** Reads a file that must not be empty; `what` names what it must contain. */
export function readContent(path: string, what: string): string {
  const text = readText(path);
  if (text.trim() === '') throw usageError(`${path}:1: the file is empty: it must contain ${what}.`);
  return text;
}

/** Reads a recording. Damaged lines are left out and reported on stderr. */
export function readRecordingFile(file: string): Recorded {
  const recording = readRecording(readText(file), file);
  reportDamage(recording);
  return recording;
}

export function reportDamage({ damage }: { readonly damage?: string | undefined }): void {
  if (damage !== undefined) process.stderr.write(`sluice: ${withoutControlCharacters(damage)}\n`);
}
