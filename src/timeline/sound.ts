import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { toSamples } from '../audio/pcm.ts';

/** The sound of a call: the stereo WAV beside a recording, read once. */
export interface Sound {
  /** The URL that a page plays: a `data:` URL of all of it, or the path of the file. */
  readonly url: string;
  readonly rateHz: number;
  readonly durationMs: number;
  /** The peak of a side between two samples, 0 to 255. */
  readonly peak: (side: Side, from: number, to: number) => number;
}

/** A side of the call: the caller is the left channel, the agent the right one. */
export type Side = 'caller' | 'agent';

export interface SoundConfig {
  /** The path of the WAV, relative to the page. Used if it is too long to be inlined. */
  readonly href: string;
  /** Sound up to this length is inlined in the page. Default 10 minutes. */
  readonly inlineMs?: number;
}

const headerBytes = 44;
const frameBytes = 4;
/** Samples that are reduced to their peak. */
const stepFrames = 128;
/** Samples read at a time. Only the peaks are kept, however long the call. */
const blockFrames = 2 ** 16;

/**
 * Opens the WAV of a call as `sluice run` writes it: 16-bit, stereo, a header of 44 bytes. Returns undefined for other files.
 * Throws the errors of `node:fs`.
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
    for (let frame = 0; frame < frames; frame += blockFrames) measure(file, frame, Math.min(blockFrames, frames - frame), steps);
    return {
      url: durationMs <= inlineMs ? `data:audio/wav;base64,${readFileSync(path).toString('base64')}` : href,
      rateHz,
      durationMs,
      peak: (side, from, to) => peakOf(steps[side], Math.floor(from / stepFrames), Math.ceil(to / stepFrames)),
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

function measure(file: number, frame: number, count: number, { caller, agent }: Readonly<Record<Side, Uint8Array>>): void {
  const bytes = new Uint8Array(count * frameBytes);
  readSync(file, bytes, 0, bytes.length, headerBytes + frame * frameBytes);
  const samples = toSamples(bytes);
  for (let at = 0; at < count; at++) {
    const step = Math.floor((frame + at) / stepFrames);
    caller[step] = Math.max(caller[step] ?? 0, loudnessOfSample(samples[2 * at]));
    agent[step] = Math.max(agent[step] ?? 0, loudnessOfSample(samples[2 * at + 1]));
  }
}

/** The lowest sample, -32768, has no positive counterpart: it counts as the highest. */
const loudnessOfSample = (sample = 0) => Math.min(255, Math.abs(sample) >> 7);

function peakOf(steps: Uint8Array, from: number, to: number): number {
  let most = 0;
  for (let step = Math.max(0, from); step < Math.min(to, steps.length); step++) most = Math.max(most, steps[step] ?? 0);
  return most;
}
