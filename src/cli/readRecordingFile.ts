import { readRecording, type Recorded } from '../record/file/readRecording.ts';
import { readText } from './inputFile.ts';
import { withoutControlCharacters } from './withoutControlCharacters.ts';

/** Reads a recording. Damaged lines are left out and reported on stderr. */
export function readRecordingFile(file: string): Recorded {
  const recording = readRecording(readText(file), file);
  if (recording.damage !== undefined) process.stderr.write(`sluice: ${withoutControlCharacters(recording.damage)}\n`);
  return recording;
}
