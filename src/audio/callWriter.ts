import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { Queue } from '../../operators/core/queue.ts';
import { AudioError } from '../errors.ts';
import { toSamples } from './pcm.ts';
import { resampler, type Resampler } from './resample.ts';
import { StereoFile } from './stereoFile.ts';

/** Writes a call to a file: the caller left, the agent right. */
export interface CallWriter {
  /** Adds the next audio of the caller. */
  readonly caller: (audio: AudioChunk) => void;
  /** Adds audio of the agent. `at`: when it started to play, in ms since the start of the call. */
  readonly agent: (at: number, audio: AudioChunk) => void;
  /** Writes the rest. Rejects with `AudioError` `write-failed` if anything could not be written. */
  readonly close: () => Promise<void>;
}

/**
 * Writes a call as a stereo WAV of 16-bit samples: the caller's audio without gaps, the agent's audio at the times at which it
 * was heard, with silence between. The agent's audio is resampled to `sampleRateHz`, the caller's rate.
 *
 * Audio is written before `caller` or `agent` returns (synchronously, because 100 ms are only 6 kB), and the file is a valid WAV
 * at any moment, even if the process crashes. Only while a resampler is loading, up to 10 s of the agent's audio wait in memory;
 * more is left out, which `close` reports.
 *
 * Creates the folder. Throws the errors of `node:fs` if the file cannot be opened; `close` reports later errors.
 */
export function openCallWriter(path: string, sampleRateHz: number): CallWriter {
  mkdirSync(dirname(path), { recursive: true });
  const file = new StereoFile(path, sampleRateHz);
  let frames = 0;
  let failure: unknown;
  const failed = (error: unknown) => void (failure ??= error);
  const channel = new AgentChannel(sampleRateHz, (frame, samples) => file.put(1, frame, samples), failed);

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
    agent: (at, audio) => channel.add({ at, audio }),
    close: async () => {
      await channel.close();
      file.close();
      if (failure !== undefined) throw unwritten(path, failure);
    },
  };
}

/** Clocks count whole milliseconds, samples do not: audio that starts this close to the end of the last is joined to it. */
const seamMs = 2;

/** The most audio that may wait for a resampler. */
const longestWaitMs = 10_000;

/** Audio of the agent, and when it started to play. */
interface PlayedAudio {
  readonly at: number;
  readonly audio: AudioChunk;
}

/** The agent's channel. Calls `failed` with errors. */
class AgentChannel {
  readonly #rateHz: number;
  readonly #put: (frame: number, samples: Int16Array) => void;
  readonly #failed: (error: unknown) => void;
  #converter: { readonly fromHz: number; readonly resampler: Resampler } | undefined;
  readonly #waiting = new Queue<PlayedAudio>();
  #waitingMs = 0;
  #loading: Promise<void> | undefined;
  /** The position of the next sample, and the end of the audio so far: a resampler keeps a few samples back. */
  #next = 0;
  #end = -Infinity;

  constructor(rateHz: number, put: (frame: number, samples: Int16Array) => void, failed: (error: unknown) => void) {
    this.#rateHz = rateHz;
    this.#put = put;
    this.#failed = failed;
  }

  add(played: PlayedAudio): void {
    try {
      if (this.#loading || this.#converter?.fromHz !== played.audio.sampleRateHz) this.#wait(played);
      else this.#place(played, this.#converter.resampler);
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

  #wait(played: PlayedAudio): void {
    const ms = this.#waitingMs + durationMs(played.audio);
    if (ms > longestWaitMs) throw new Error('more than 10 s of audio came before it could be resampled, and some was left out');
    this.#waitingMs = ms;
    this.#waiting.push(played);
    this.#loading ??= this.#load();
  }

  async #load(): Promise<void> {
    for (let played = this.#waiting.take(); played; played = this.#waiting.take()) {
      const fromHz = played.audio.sampleRateHz;
      try {
        if (this.#converter?.fromHz !== fromHz) {
          const next = await resampler(fromHz, this.#rateHz);
          this.#release();
          this.#converter = { fromHz, resampler: next };
        }
        this.#place(played, this.#converter.resampler);
      } catch (error) {
        this.#failed(error);
      }
      this.#waitingMs -= durationMs(played.audio);
    }
    this.#loading = undefined;
  }

  #place({ at, audio: { data, sampleRateHz } }: PlayedAudio, { flush, take }: Resampler): void {
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
