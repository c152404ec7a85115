import { bytesPerSample } from '../../operators/audio/duration.ts';
import type { Encoding } from '../../operators/events.ts';
import { isKind, type Header, type Line } from '../record/file/lines.ts';
import type { Side, Sound } from './sound.ts';

/** A moment of the call, and the same moment of its sound, in ms. */
export type ClockPoint = readonly [at: number, sound: number];

const finestMs = 20;
/** A day or so of the finest: of what is longer, or says that it is, a step is longer. */
const mostSteps = 2 ** 22;
/** What stands for sound that is not at hand. */
const presence = 96;

/** How loud each side was on the clock of the call, as the lines tell which of the sound came or was heard when. */
export function loudnessOf(lines: readonly Line[], durationMs: number, audio: Header['audio'], sound: Sound | undefined) {
  const stepMs = Math.max(finestMs, Math.ceil(durationMs / mostSteps));
  const steps = Math.ceil(durationMs / stepMs);
  const sides = { caller: new Uint8Array(steps), agent: new Uint8Array(steps) };
  for (const { side, from, to, offset, frames } of stretches(lines, audio)) {
    const first = Math.floor(from / stepMs);
    for (let step = first; step * stepMs < to; step++) {
      const frameAt = (ms: number) => offset + (frames * Math.min(Math.max(ms - from, 0), to - from)) / (to - from);
      const peak = sound ? sound.peak(side, frameAt(step * stepMs), frameAt((step + 1) * stepMs)) : presence;
      const loud = sides[side];
      loud[step] = Math.max(loud[step] ?? 0, peak);
    }
  }
  const told = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return { stepMs, caller: told(sides.caller), agent: told(sides.agent) };
}

/** Some sound of a side: when it came or was heard, and where in the WAV it stands. */
interface Stretch {
  readonly side: Side;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly frames: number;
}

/** A line tells of sound when it is over: it began so much earlier, or where the one before it ended. */
function* stretches(lines: readonly Line[], audio: Header['audio']): Generator<Stretch> {
  if (!audio) return;
  const frameMs = 1000 / audio.sampleRateHz;
  const ended = { caller: 0, agent: 0 };
  for (const { side, at, offset, frames } of whole(piecesOf(lines, audio))) {
    const from = Math.max(ended[side], at - frames * frameMs);
    ended[side] = at;
    if (at > from) yield { side, from, to: at, offset, frames };
  }
}

interface Piece {
  readonly side: Side;
  readonly at: number;
  readonly offset: number;
  readonly frames: number;
}

function* piecesOf(lines: readonly Line[], { encoding }: NonNullable<Header['audio']>): Generator<Piece> {
  const sampleBytes = bytesPerSample(encoding as Encoding) || 1;
  for (const line of lines) {
    if (isKind(line, 'caller')) yield { side: 'caller', at: line.at, offset: line.offset, frames: line.caller / sampleBytes };
    if (isKind(line, 'heard')) yield { side: 'agent', at: line.at, offset: line.offset, frames: line.heard / 2 };
  }
}

/** Where several lines tell of one stretch at once, as a player that plays from one chunk into the next does, they are one. */
function* whole(pieces: Iterable<Piece>): Generator<Piece> {
  const open = new Map<Side, Piece>();
  for (const piece of pieces) {
    const before = open.get(piece.side);
    const goesOn = before?.at === piece.at && before.offset + before.frames === piece.offset;
    if (before && !goesOn) yield before;
    open.set(piece.side, goesOn ? { ...before, frames: before.frames + piece.frames } : piece);
  }
  yield* open.values();
}

/** No more often than this the clock of the sound is compared with that of the call. */
const comparedMs = 1000;

/** The clock by the caller's sound, and once that is over by the agent's: when a line tells of sound, that sound is over. */
export function clockOf(lines: readonly Line[], audio: Header['audio']): readonly ClockPoint[] {
  if (!audio) return [];
  const points: ClockPoint[] = [];
  let [at, sound] = [-comparedMs, -1];
  for (const piece of piecesOf(lines, audio)) {
    const ms = ((piece.offset + piece.frames) * 1000) / audio.sampleRateHz;
    if (piece.at - at < comparedMs || ms <= sound) continue;
    points.push([piece.at, Math.round(ms)]);
    [at, sound] = [piece.at, ms];
  }
  return points;
}
