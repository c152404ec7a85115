import { bytesPerSample } from '../../operators/audio/duration.ts';
import type { Encoding } from '../../operators/events.ts';
import { isKind, type Header, type Line } from '../record/file/lines.ts';
import type { Side, Sound } from './sound.ts';

/** A time in the call, and the same time in its sound, in ms. */
export type ClockPoint = readonly [at: number, sound: number];

const finestMs = 20;
/** About a day of the finest steps. A call that is longer, or claims to be, gets longer steps. */
const mostSteps = 2 ** 22;
/** The loudness drawn for sound that is missing. */
const presence = 96;

/** The loudness of each side on the clock of the call. The lines contain the time at which each part of the sound came or was heard. */
export function loudnessOf(lines: readonly Line[], durationMs: number, audio: Header['audio'], sound: Sound | undefined) {
  const stepMs = Math.max(finestMs, Math.ceil(durationMs / mostSteps));
  const steps = Math.ceil(durationMs / stepMs);
  const sides = { caller: new Uint8Array(steps), agent: new Uint8Array(steps) };
  for (const { side, from, to, offset, frames } of intervalsOf(lines, audio)) {
    const loudness = sides[side];
    const frameAt = (ms: number) => offset + (frames * Math.min(Math.max(ms - from, 0), to - from)) / (to - from);
    for (let step = Math.floor(from / stepMs); step * stepMs < to; step++) {
      const peak = sound ? sound.peak(side, frameAt(step * stepMs), frameAt((step + 1) * stepMs)) : presence;
      loudness[step] = Math.max(loudness[step] ?? 0, peak);
    }
  }
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return { stepMs, caller: base64(sides.caller), agent: base64(sides.agent) };
}

/** Sound of a side that a line reports at its end, `at`: its position in the WAV and its length, in samples. */
interface Piece {
  readonly side: Side;
  readonly at: number;
  readonly offset: number;
  readonly frames: number;
}

/** Adds the start of each piece: its length before its end, but not before the end of the previous piece. */
function* intervalsOf(
  lines: readonly Line[],
  audio: Header['audio'],
): Generator<Omit<Piece, 'at'> & { from: number; to: number }> {
  if (!audio) return;
  const frameMs = 1000 / audio.sampleRateHz;
  const ended = { caller: 0, agent: 0 };
  for (const { side, at, offset, frames } of joined(piecesOf(lines, audio))) {
    const from = Math.max(ended[side], at - frames * frameMs);
    ended[side] = at;
    if (at > from) yield { side, from, to: at, offset, frames };
  }
}

function* piecesOf(lines: readonly Line[], { encoding }: NonNullable<Header['audio']>): Generator<Piece> {
  const sampleBytes = bytesPerSample(encoding as Encoding) || 1;
  for (const line of lines) {
    if (isKind(line, 'caller')) yield { side: 'caller', at: line.at, offset: line.offset, frames: line.caller / sampleBytes };
    if (isKind(line, 'heard')) yield { side: 'agent', at: line.at, offset: line.offset, frames: line.heard / 2 };
  }
}

/** Joins adjacent pieces that are reported at the same time, as by a player that plays from one chunk into the next. */
function* joined(pieces: Iterable<Piece>): Generator<Piece> {
  const open = new Map<Side, Piece>();
  for (const piece of pieces) {
    const before = open.get(piece.side);
    const isAdjacent = before?.at === piece.at && before.offset + before.frames === piece.offset;
    if (before && !isAdjacent) yield before;
    open.set(piece.side, isAdjacent ? { ...before, frames: before.frames + piece.frames } : piece);
  }
  yield* open.values();
}

/** The least time between two points of the clock. */
const pointEveryMs = 1000;

/** Compares the clocks by the caller's sound and, once that is over, by the agent's. */
export function clockOf(lines: readonly Line[], audio: Header['audio']): readonly ClockPoint[] {
  if (!audio) return [];
  const points: ClockPoint[] = [];
  let [at, sound] = [-pointEveryMs, -1];
  for (const piece of piecesOf(lines, audio)) {
    const ms = ((piece.offset + piece.frames) * 1000) / audio.sampleRateHz;
    if (piece.at - at < pointEveryMs || ms <= sound) continue;
    points.push([piece.at, Math.round(ms)]);
    [at, sound] = [piece.at, ms];
  }
  return points;
}
