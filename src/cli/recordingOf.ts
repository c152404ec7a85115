import { readRecording, type Recorded } from '../record/file/readRecording.ts';
import { textOf } from './contents.ts';
import { legible } from './paint.ts';

/** The recording in a file; what of it is damaged, and left out, is told on stderr. */
export function recordingOf(file: string): Recorded {
  const recording = readRecording(textOf(file), file);
  if (recording.damage !== undefined) process.stderr.write(`sluice: ${legible(recording.damage)}\n`);
  return recording;
}
