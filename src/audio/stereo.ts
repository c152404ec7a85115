import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { Queue } from '../../operators/core/queue.ts';
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
 * It keeps no audio in memory, and the file is a whole WAV at any moment, whatever becomes of the process: what it was handed is in
 * the file when it returns. (It writes synchronously on purpose: a hundred milliseconds are 6 kB.) Only while the resampler of a
 * new rate is loaded does audio of the agent wait, 10 s of it at the most; what is more is left out, and `close` says so.
 *
 * The folder is made. Throws what `node:fs` throws if the file cannot be opened; what fails later is told by `close`, not to who
 * hands in audio.
 */
export function openCallWriter(path: string, sampleRateHz: number): CallWriter {
  mkdirSync(dirname(path), { recursive: true });
  const file = new StereoFile(path, sampleRateHz);
  let frames = 0;
  let failure: unknown;
  const failed = (error: unknown) => void (failure ??= error);
  const track = new Track(sampleRateHz, (frame, samples) => file.put(1, frame, samples), failed);

  return {
    caller: ({ data }) => {
      try {
        const samples = toSamples(data);
        frames += samples.length;
        file.put(0, frames - samples.length, samples);
      } catch (error) {
        failed(error);
      }
    },
    agent: (at, audio) => track.add({ at, audio }),
    close: async () => {
      await track.close();
      file.close();
      if (failure !== undefined) throw unwritten(path, failure);
    },
  };
}

/** Clocks tick in whole milliseconds, samples do not: a stretch that begins this close to the end of the last goes on from it. */
const seamMs = 2;

/** So much audio waits for a resampler. */
const longestWaitMs = 10_000;

/** Audio of the agent, and when it began to sound. */
interface Stretch {
  readonly at: number;
  readonly audio: AudioChunk;
}

/** One side of the file, written in stretches, each at its time. What cannot be is told to `failed`. */
class Track {
  readonly #rateHz: number;
  readonly #put: (frame: number, samples: Int16Array) => void;
  readonly #failed: (error: unknown) => void;
  #converter: { readonly fromHz: number; readonly resampler: Resampler } | undefined;
  readonly #waiting = new Queue<Stretch>();
  #waitingMs = 0;
  #loading: Promise<void> | undefined;
  /** Where the next sample goes, and where the sound so far ends: a resampler holds a little back. */
  #next = 0;
  #end = -Infinity;

  constructor(rateHz: number, put: (frame: number, samples: Int16Array) => void, failed: (error: unknown) => void) {
    this.#rateHz = rateHz;
    this.#put = put;
    this.#failed = failed;
  }

  add(stretch: Stretch): void {
    try {
      if (this.#loading || this.#converter?.fromHz !== stretch.audio.sampleRateHz) this.#wait(stretch);
      else this.#place(stretch, this.#converter.resampler);
    } catch (error) {
      this.#failed(error);
    }
  }

  async close(): Promise<void> {
    await this.#loading;
    try {
      this.#release();
    } catch (error) {
      this.#failed(error);
    }
  }

  #wait(stretch: Stretch): void {
    const ms = this.#waitingMs + durationMs(stretch.audio);
    if (ms > longestWaitMs) throw new Error('more than 10 s of audio came before it could be resampled, and some was left out');
    this.#waitingMs = ms;
    this.#waiting.push(stretch);
    this.#loading ??= this.#load();
  }

  /** Begins with a wait: the rate is another. */
  async #load(): Promise<void> {
    for (let stretch = this.#waiting.take(); stretch; stretch = this.#waiting.take()) {
      const fromHz = stretch.audio.sampleRateHz;
      try {
        if (this.#converter?.fromHz !== fromHz) {
          const next = await resampler(fromHz, this.#rateHz);
          this.#release();
          this.#converter = { fromHz, resampler: next };
        }
        this.#place(stretch, this.#converter.resampler);
      } catch (error) {
        this.#failed(error);
      }
      this.#waitingMs -= durationMs(stretch.audio);
    }
    this.#loading = undefined;
  }

  #place({ at, audio: { data, sampleRateHz } }: Stretch, { flush, take }: Resampler): void {
    const start = (Math.max(0, at) * this.#rateHz) / 1000;
    const seam = (seamMs * this.#rateHz) / 1000;
    if (Math.abs(start - this.#end) > seam) {
      this.#write(flush());
      this.#next = this.#end = Math.round(start);
    }
    const samples = toSamples(data);
    this.#end += (samples.length * this.#rateHz) / sampleRateHz;
    this.#write(take(samples));
  }

  #release(): void {
    if (!this.#converter) return;
    this.#write(this.#converter.resampler.flush());
    this.#converter.resampler.close();
    this.#converter = undefined;
  }

  #write(samples: Int16Array): void {
    this.#put(this.#next, samples);
    this.#next += samples.length;
  }
}

function unwritten(path: string, cause: unknown): AudioError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AudioError('write-failed', `Could not write all of ${path}: ${why}`, { cause });
}
