import { withoutMark } from '../../emulator/scenario/readJson.ts';
import { RecordingError } from '../../errors.ts';
import type { Header, Line } from './lines.ts';
import { headerComplaint, lineComplaint } from './validLine.ts';

/** A recording that was read. */
export interface Recorded {
  readonly header: Header;
  /** In the order in which they were written. */
  readonly lines: readonly Line[];
  /** What had to be left out, in a sentence, if anything had. */
  readonly damage?: string;
}

/**
 * Reads a recording, as a text or line by line. A line that cannot be read is left out, and `damage` says so: a recording whose end
 * is missing, or that was damaged, gives what is left of it.
 *
 * Throws `RecordingError` (`invalid`) where the first line is not the header of a recording: `call.jsonl:1: …`.
 */
export function readRecording(recording: string | Iterable<string>, name = 'recording'): Recorded {
  const rows = typeof recording === 'string' ? withoutMark(recording).split('\n') : recording;
  let header: Header | undefined;
  const lines: Line[] = [];
  const damaged: string[] = [];
  let lost = 0;
  let number = 0;
  for (const row of rows) {
    number++;
    if (row.trim() === '') continue;
    const [value, syntax] = parsed(row);
    if (header === undefined) {
      const wrong = syntax ?? headerComplaint(value);
      if (wrong !== undefined) throw new RecordingError('invalid', `${name}:${number}: ${wrong}.`);
      header = value as Header;
      continue;
    }
    const wrong = syntax ?? lineComplaint(value);
    if (wrong === undefined) lines.push(value as Line);
    else if (lost++ === 0) damaged.push(`${name}:${number}: ${wrong}`);
  }
  if (header === undefined) throw new RecordingError('invalid', `${name}:1: is empty: there is no recording in it.`);
  const others = lost > 1 ? `, and ${lost - 1} more like it` : '';
  return { header, lines, ...(lost > 0 && { damage: `${damaged.join()}; the line is left out${others}.` }) };
}

/** Deeper than this is no line of ours, and would be too deep for the schema. */
const deepest = 64;

function parsed(row: string): readonly [value: unknown, wrong?: string] {
  try {
    const value: unknown = JSON.parse(row);
    return depthOf(value) > deepest ? [undefined, 'is nested too deeply'] : [value];
  } catch {
    return [undefined, 'is not JSON, or breaks off'];
  }
}

function depthOf(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > deepest) return level;
  return Object.values(value).reduce<number>((deep, one) => Math.max(deep, depthOf(one, level + 1)), level);
}
