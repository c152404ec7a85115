import type { Frame } from '../../wire/wire.ts';
import { isKind, type Line, type RecordedError, type RecordedFrame } from './lines.ts';

/** When a line was written, and its place among the lines. */
export interface Moment {
  readonly at: number;
  readonly place: number;
}

/** A frame of a connection. */
export interface Row extends Moment {
  readonly way: 'sent' | 'got';
  readonly frame: RecordedFrame;
}

export interface Connection {
  /** When we asked for it. */
  readonly dialAt: number;
  /** When it opened, if it did. */
  readonly open: Moment | undefined;
  readonly rows: readonly Row[];
  /** How it ended; missing if it did not end, or if we left. */
  readonly end: (Moment & { readonly error?: RecordedError }) | undefined;
  /** Until when its frames are known: its end, or the end of the recording. */
  readonly knownUntil: number;
}

/** Reads the connections of a stage, in order. */
export function connectionsOf(lines: readonly Line[], stage: 'listen' | 'speak'): readonly Connection[] {
  const found = new Map<string, { -readonly [Key in keyof Connection]: Connection[Key] } & { rows: Row[] }>();
  const last = lines.reduce((until, line) => (isKind(line, 'event') ? until : Math.max(until, line.at)), 0);
  const of = (name: string) => {
    const one = found.get(name) ?? { dialAt: 0, open: undefined, rows: [], end: undefined, knownUntil: last };
    if (name.startsWith(`${stage}:`)) found.set(name, one);
    return one;
  };
  lines.forEach((line, place) => {
    const { at } = line;
    if (isKind(line, 'dial')) of(line.dial).dialAt = at;
    else if (isKind(line, 'open')) of(line.open).open ??= { at, place };
    else if (isKind(line, 'sent')) of(line.sent).rows.push({ at, place, way: 'sent', frame: line });
    else if (isKind(line, 'got')) of(line.got).rows.push({ at, place, way: 'got', frame: line });
    else if (isKind(line, 'close')) {
      const connection = of(line.close);
      connection.knownUntil = Math.min(connection.knownUntil, at);
      if (!line.left) connection.end ??= { ...line, place };
    }
  });
  return [...found.values()];
}

const silence = new Uint8Array(1 << 16);

/** Turns a recorded frame back into a frame; audio becomes silence of the same length. */
export function frameOf(frame: RecordedFrame): Frame {
  return 'text' in frame ? frame.text : quiet(frame.bytes);
}

/** Bytes of silence. They are shared, so do not write into them. */
export function quiet(bytes: number): Uint8Array {
  return bytes <= silence.length ? silence.subarray(0, bytes) : new Uint8Array(bytes);
}
