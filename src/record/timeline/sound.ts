import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { toSamples } from '../../audio/pcm.ts';
import { bytesPerSample } from '../../../operators/duration.ts';
import type { Encoding } from '../../../operators/events.ts';
import { isKind, type Header, type Line } from '../lines.ts';

/** The sound of a call: the stereo WAV beside a recording, looked through once. */
export interface Sound {
  /** What a page plays: the whole of it as a `data:` URL, or where it is. */
  readonly url: string;
  readonly rateHz: number;
  readonly durationMs: number;
  /** How loud a side was between two samples, 0 to 255. */
  readonly peak: (side: Side, from: number, to: number) => number;
}

/** The caller stands left, the agent right. */
export type Side = 'caller' | 'agent';

/** A moment of the call, and the same moment of its sound, in ms. */
export type ClockPoint = readonly [at: number, sound: number];

export interface SoundConfig {
  /** The WAV as seen from the page, for one that is too long to be part of it. */
  readonly href: string;
  /** Sound up to this length becomes part of the page. Default 10 minutes. */
  readonly inlineMs?: number;
}

const headerBytes = 44;
const frameBytes = 4;
/** Samples whose loudest stands for them. */
const stepFrames = 128;
/** Read at a time: however long the call, no more is held than how loud it was. */
const blockFrames = 2 ** 16;

/**
 * Opens the WAV of a call as `sluice run` writes it: 16-bit, stereo, a header of 44 bytes. Nothing where it is no such file.
 * Throws what `node:fs` throws.
 */
export function openSound(path: string, { href, inlineMs = 600_000 }: SoundConfig): Sound | undefined {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const header = new DataView(new ArrayBuffer(headerBytes));
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes || !isOurs(header)) return undefined;
    const rateHz = header.getUint32(24, true);
    const frames = Math.floor((stat.size - headerBytes) / frameBytes);
    const durationMs = (frames * 1000) / rateHz;
    const steps = {
      caller: new Uint8Array(Math.ceil(frames / stepFrames)),
      agent: new Uint8Array(Math.ceil(frames / stepFrames)),
    };
    for (let frame = 0; frame < frames; frame += blockFrames) listen(file, frame, Math.min(blockFrames, frames - frame), steps);
    return {
      url: durationMs <= inlineMs ? `data:audio/wav;base64,${readFileSync(path).toString('base64')}` : href,
      rateHz,
      durationMs,
      peak: (side, from, to) => loudest(steps[side], Math.floor(from / stepFrames), Math.ceil(to / stepFrames)),
    };
  } finally {
    closeSync(file);
  }
}

function isOurs(header: DataView): boolean {
  const tag = (at: number) => String.fromCharCode(...new Uint8Array(header.buffer, at, 4));
  const pcm = header.getUint16(20, true) === 1 && header.getUint16(22, true) === 2 && header.getUint16(34, true) === 16;
  return tag(0) === 'RIFF' && tag(8) === 'WAVE' && tag(36) === 'data' && pcm && header.getUint32(24, true) > 0;
}

function listen(file: number, frame: number, count: number, { caller, agent }: Readonly<Record<Side, Uint8Array>>): void {
  const bytes = new Uint8Array(count * frameBytes);
  readSync(file, bytes, 0, bytes.length, headerBytes + frame * frameBytes);
  const samples = toSamples(bytes);
  for (let at = 0; at < count; at++) {
    const step = Math.floor((frame + at) / stepFrames);
    caller[step] = Math.max(caller[step] ?? 0, loudOf(samples[2 * at]));
    agent[step] = Math.max(agent[step] ?? 0, loudOf(samples[2 * at + 1]));
  }
}

/** The lowest sample has no counterpart: it is as loud as the highest. */
const loudOf = (sample = 0) => Math.min(255, Math.abs(sample) >> 7);

function loudest(steps: Uint8Array, from: number, to: number): number {
  let most = 0;
  for (let step = Math.max(0, from); step < Math.min(to, steps.length); step++) most = Math.max(most, steps[step] ?? 0);
  return most;
}

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
