import { dirname, relative } from 'node:path';
import { identity } from 'rxjs';
import type { AudioChunk } from '../../operators/events.ts';
import { isReplaceable, openFileSink } from '../record/file/fileSink.ts';
import { record, type Recording } from '../record/file/record.ts';
import { CommandError, exitCodes, usageError } from './subcommand.ts';
import type { RunSettings } from './settings.ts';
import { timelinePath } from './timelineFile.ts';

/** The taps that record a run. */
export interface Recorder extends Pick<Recording, 'call' | 'wire' | 'think' | 'heard'> {
  /** Closes the file. Throws if some of it could not be written. */
  readonly close: () => void;
}

type Settings = Pick<RunSettings, 'record' | 'redact' | 'output' | 'deepgram' | 'model' | 'flux' | 'llm' | 'aura' | 'agent'>;

const withoutRecording: Recorder = {
  call: identity,
  wire: () => identity,
  think: identity,
  heard: () => undefined,
  close: () => undefined,
};

/** Throws if the recording, or the timeline beside it, would overwrite a file of another kind. */
export function checkRecord({ record: path }: Pick<Settings, 'record'>): void {
  if (path === undefined) return;
  const page = timelinePath(path);
  const taken = !isReplaceable(path) && `${path} exists already and is not a recording`;
  const pageTaken = !isReplaceable(page, 'timeline') && `${page} exists already and is not a timeline`;
  const why = taken || pageTaken;
  if (why) throw usageError(`${why}: name another file with --record, or use --no-record.`);
}

/** Opens the recording of a run. The key of the emulator is written like any other word; it is no secret. */
export function openRecorder(
  { record: path, redact, output, deepgram, model, flux, llm, aura, agent }: Settings,
  { encoding, sampleRateHz }: Pick<AudioChunk, 'encoding' | 'sampleRateHz'>,
): Recorder {
  if (path === undefined) return withoutRecording;
  const sink = openFileSink(path);
  const format = { encoding, sampleRateHz };
  const options = {
    // an emulated confidence is computed from silence alone: `sluice tune` does not use it
    listen: { ...flux, ...deepgram, ...format, ...(!deepgram && { emulated: true }) },
    think: { ...llm, ...model },
    speak: { ...aura, ...deepgram },
    agent,
  };
  const audio = { ...format, file: relative(dirname(path), output) };
  const { failure, ...taps } = record(sink.write, { options, audio, redact });
  return {
    ...taps,
    close: () => {
      sink.close();
      const cause = failure();
      if (cause === undefined) return;
      throw new CommandError(`Could not write all of ${path}: ${cause.message}`, exitCodes.failed, cause);
    },
  };
}
