import { withoutMark } from '../../emulator/scenario/readJson.ts';
import { RecordingError } from '../../errors.ts';
import type { Header, Line } from './lines.ts';
import { headerComplaint, lineComplaint } from './validLine.ts';

export interface Recorded {
  readonly header: Header;
  /** In the order of the file. */
  readonly lines: readonly Line[];
  /** A sentence about the lines that were left out, if any. */
  readonly damage?: string;
}

/**
 * Reads a recording, from a text or line by line. Lines that cannot be read are left out, and `damage` names them, so a truncated or
 * damaged recording gives its good lines.
 *
 * Throws `RecordingError` (`invalid`) if the first line is not the header of a recording: `call.jsonl:1: …`.
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
  if (header === undefined) throw new RecordingError('invalid', `${name}:1: is empty: it is not a recording.`);
  const others = lost > 1 ? `, and ${lost - 1} more like it` : '';
  return { header, lines, ...(lost > 0 && { damage: `${damaged.join()}; the line is left out${others}.` }) };
}

/** The deepest nesting of a line. */
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
