import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AudioChunk } from '../../operators/events.ts';
import { AudioError } from '../errors.ts';
import { toSamples } from './pcm.ts';
import { resampler, type Resampler } from './resample.ts';
import { StereoFile } from './stereoFile.ts';

/** A call on its way to a file: the caller left, the agent right. */
export interface CallWriter {
  /** The next audio of the caller. */
  readonly caller: (audio: AudioChunk) => void;
  /** Audio of the agent that began to sound at `at`, in ms since the call began. */
  readonly agent: (at: number, audio: AudioChunk) => void;
  /** Writes what is left. Rejects with `AudioError` `write-failed` if anything could not be written. */
  readonly close: () => Promise<void>;
}

/**
 * Writes a call as a stereo WAV of 16-bit samples: the caller by the length of its audio, the agent by the clock, exactly as
 * heard, silence where nobody spoke. Audio of the agent at another rate is resampled to `sampleRateHz`, the caller's rate.
 *
 * It keeps no audio in memory, and the file is a whole WAV at any moment, whatever becomes of the process. (It writes
 * synchronously on purpose: a hundred milliseconds are 6 kB.) The folder is made. Throws what `node:fs` throws if the file
 * cannot be opened; what fails later is told by `close`, not to who hands in audio.
 */
export function openCallWriter(path: string, sampleRateHz: number): CallWriter {
  mkdirSync(dirname(path), { recursive: true });
  const file = new StereoFile(path, sampleRateHz);
  const agent = new Track(sampleRateHz, (frame, samples) => file.put(1, frame, samples));
  let frames = 0;
  let failure: unknown;
  let work = Promise.resolve();
  const later = (task: () => void | Promise<void>) => {
    work = work.then(task).catch((error: unknown) => void (failure ??= error));
  };

  return {
    caller: ({ data }) => {
      const samples = toSamples(data);
      const frame = frames;
      frames += samples.length;
      later(() => file.put(0, frame, samples));
    },
    agent: (at, audio) => later(() => agent.add(at, audio)),
    close: async () => {
      later(() => agent.close());
      await work;
      file.close();
      if (failure !== undefined) throw unwritten(path, failure);
    },
  };
}

/** Clocks tick in whole milliseconds, samples do not: a stretch that begins this close to the end of the last goes on from it. */
const seamMs = 2;

/** One side of the file, written in stretches, each at its time. */
class Track {
  private readonly rateHz: number;
  private readonly put: (frame: number, samples: Int16Array) => void;
  private converter: { readonly fromHz: number; readonly resampler: Resampler } | undefined;
  /** Where the next sample goes, and where the sound so far ends: a resampler holds a little back. */
  private next = 0;
  private end = -Infinity;

  constructor(rateHz: number, put: (frame: number, samples: Int16Array) => void) {
    this.rateHz = rateHz;
    this.put = put;
  }

  async add(at: number, { data, sampleRateHz }: AudioChunk): Promise<void> {
    const start = (Math.max(0, at) * this.rateHz) / 1000;
    const seam = (seamMs * this.rateHz) / 1000;
    if (this.converter?.fromHz !== sampleRateHz) {
      this.close();
      this.converter = { fromHz: sampleRateHz, resampler: await resampler(sampleRateHz, this.rateHz) };
    }
    if (Math.abs(start - this.end) > seam) {
      this.write(this.converter.resampler.flush());
      this.next = this.end = Math.round(start);
    }
    const samples = toSamples(data);
    this.end += (samples.length * this.rateHz) / sampleRateHz;
    this.write(this.converter.resampler.take(samples));
  }

  close(): void {
    if (!this.converter) return;
    this.write(this.converter.resampler.flush());
    this.converter.resampler.close();
    this.converter = undefined;
  }

  private write(samples: Int16Array): void {
    this.put(this.next, samples);
    this.next += samples.length;
  }
}

function unwritten(path: string, cause: unknown): AudioError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AudioError('write-failed', `Could not write all of ${path}: ${why}`, { cause });
}
