import { dirname, relative } from 'node:path';
import { identity, type OperatorFunction } from 'rxjs';
import type { AgentEvent, AudioChunk } from '../../operators/events.ts';
import type { Stages } from '../agent/options.ts';
import { isReplaceable, openFileSink } from '../record/file/fileSink.ts';
import { record } from '../record/file/record.ts';
import type { Wire } from '../wire/wire.ts';
import { CommandError, exitCodes, usageError } from './commandError.ts';
import type { RunSettings } from './settings.ts';
import { besides } from './commands/timelineCommand.ts';

/** The taps of a run; without a recording they are no more than what they stand around. */
export interface Recorder {
  readonly call: (agent: OperatorFunction<AudioChunk, AgentEvent>) => OperatorFunction<AudioChunk, AgentEvent>;
  readonly wire: (name: 'listen' | 'speak') => (wire: Wire) => Wire;
  readonly think: (think: Stages['think']) => Stages['think'];
  readonly heard: (audio: AudioChunk, offset: number) => void;
  /** Closes the file. Throws if not all of it could be written. */
  readonly close: () => void;
}

type Settings = Pick<RunSettings, 'record' | 'redact' | 'output' | 'deepgram' | 'model' | 'flux' | 'llm' | 'aura' | 'agent'>;

const none: Recorder = {
  call: identity,
  wire: () => identity,
  think: identity,
  heard: () => undefined,
  close: () => undefined,
};

/** Throws where a recording, or the timeline beside it, would write over something that is none. */
export function checkRecord({ record: path }: Pick<Settings, 'record'>): void {
  if (path === undefined) return;
  const page = besides(path);
  const taken = !isReplaceable(path) ? `${path} is there already, and is no recording` : undefined;
  const pageTaken = !isReplaceable(page, 'timeline') ? `${page} is there already, and is no timeline` : undefined;
  const why = taken ?? pageTaken;
  if (why !== undefined) throw usageError(`${why}: name another file with --record, or say --no-record.`);
}

/** Opens the recording of a run. The keys of emulated services are words like others, and no secrets. */
export function openRecorder(
  { record: path, redact, output, deepgram, model, flux, llm, aura, agent }: Settings,
  { encoding, sampleRateHz }: Pick<AudioChunk, 'encoding' | 'sampleRateHz'>,
): Recorder {
  if (path === undefined) return none;
  const sink = openFileSink(path);
  const format = { encoding, sampleRateHz };
  const options = {
    // what Flux is so sure of is then no more than a formula of silence: nothing can be tuned by it
    listen: { ...flux, ...deepgram, ...format, ...(!deepgram && { emulated: true }) },
    think: { ...llm, ...model },
    speak: { ...aura, ...deepgram },
    agent,
  };
  const audio = { ...format, file: relative(dirname(path), output) };
  const { call, wire, think, heard, failure } = record(sink.write, { options, audio, redact });
  return {
    call,
    wire,
    think,
    heard,
    close: () => {
      sink.close();
      const cause = failure();
      if (cause === undefined) return;
      throw new CommandError(`Could not write all of ${path}: ${cause.message}`, exitCodes.failed, cause);
    },
  };
}
