import { asyncScheduler, catchError, defer, EMPTY, lastValueFrom, takeUntil, tap, type Observable } from 'rxjs';
import { durationMs } from '../../../operators/audio/duration.ts';
import type { AgentEvent } from '../../../operators/events.ts';
import { paced } from '../../../operators/audio/paced.ts';
import { speaker } from '../../audio/speaker.ts';
import { openCallWriter, type CallWriter } from '../../audio/callWriter.ts';
import { chunks, readWav, type AudioFile } from '../../audio/wav.ts';
import { AudioError, toFailure } from '../../errors.ts';
import { flux } from '../../flux/flux.ts';
import { openai } from '../../llm/openai.ts';
import { agent } from '../../agent/agent.ts';
import { readRecording } from '../../record/file/readRecording.ts';
import { aura } from '../../tts/aura.ts';
import { checkEngines } from '../checkEngines.ts';
import { chooseServices, type ChosenServices } from '../chosenServices.ts';
import { CommandError, exitCodes, type Subcommand } from '../subcommand.ts';
import { readEnvironment } from '../environment.ts';
import { readBytes, readText } from '../inputFile.ts';
import { interruption } from '../interruption.ts';
import { checkRecord, openRecorder, type Recorder } from '../recorder.ts';
import { addRunFlags, type RunFlags } from '../runFlags.ts';
import { runOutput } from '../runOutput.ts';
import { runSettings, type RunSettings } from '../settings.ts';
import { timelinePath, writeTimeline } from '../timelineFile.ts';
import { endIfUnrecoverable, explained } from '../unrecoverable.ts';
import { notEmpty } from '../valueParsers.ts';
import { wavPosition } from '../wavPosition.ts';

export const runCommand: Subcommand = (command, ends) =>
  addRunFlags(command.argument('<file.wav>', '16-bit PCM, 8 to 48 kHz, mono or stereo', notEmpty))
    .addHelpText(
      'after',
      '\nA service without a key (DEEPGRAM_API_KEY, OPENAI_API_KEY) and without an address is emulated on this machine.\n' +
        '.env.example lists all variables. A flag beats a variable.',
    )
    .action(async (file: string, flags: RunFlags) => ends(await run(file, flags)));

async function run(input: string, flags: RunFlags): Promise<number> {
  const settings = runSettings(input, flags, readEnvironment());
  checkRecord(settings);
  const recording = read(input);
  const output = runOutput(settings, recording?.durationMs ?? 0);
  if (!recording) {
    process.stderr.write(`${input} contains no audio: there is no turn in it.\n`);
    return exitCodes.done;
  }

  let stop: number | undefined;
  let failure: unknown;
  const stopped = interruption().pipe(tap((code) => (stop = code)));
  if (!settings.deepgram) checkEngines();
  const writer = openCallWriter(settings.output, recording.audio.sampleRateHz);
  const services = await chooseServices(settings);
  const recorder = openRecorder(settings, recording.audio);
  try {
    output.services(services.summary);
    const events = call(recording, settings, services, { writer, recorder }).pipe(
      endIfUnrecoverable(services.addresses),
      catchError((error: unknown) => {
        failure = error;
        return EMPTY;
      }),
      takeUntil(stopped),
    );
    await lastValueFrom(output.events(events), { defaultValue: undefined });
    recorder.close();
    await writer.close();
    output.summary(stop === undefined && failure === undefined);
    if (settings.record !== undefined) output.timeline(timelineOf(settings.record));
  } finally {
    await services.close();
  }
  if (failure !== undefined) throw asCommandError(failure, services);
  return stop ?? exitCodes.done;
}

/** Writes the timeline of the run. Returns its path. */
function timelineOf(record: string): string {
  const page = timelinePath(record);
  writeTimeline(readRecording(readText(record), record), record, page);
  return page;
}

/** Reads the audio file; returns nothing if it contains no audio. */
function read(path: string): AudioFile | undefined {
  try {
    return readWav(readBytes(path), path);
  } catch (error) {
    if (error instanceof AudioError && error.code === 'empty') return undefined;
    throw error;
  }
}

function call(
  recording: AudioFile,
  settings: RunSettings,
  { deepgram, model }: ChosenServices,
  { writer, recorder }: { readonly writer: CallWriter; readonly recorder: Recorder },
): Observable<AgentEvent> {
  const { encoding, sampleRateHz } = recording.audio;
  return defer(() => {
    const began = asyncScheduler.now();
    const place = wavPosition(settings.speed, recording.durationMs);
    const stages = {
      listen: flux({ ...settings.flux, ...deepgram, encoding, sampleRateHz, tap: recorder.wire('listen') }),
      think: recorder.think(openai({ ...settings.llm, ...model })),
      speak: aura({ ...settings.aura, ...deepgram, tap: recorder.wire('speak') }),
      play: speaker({
        heard: (audio, at) => {
          const from = place(at - began, durationMs(audio));
          writer.agent(from, audio);
          recorder.heard(audio, Math.round((from * sampleRateHz) / 1000));
        },
      }),
    };
    return chunks(recording, 80).pipe(
      paced(settings),
      tap((chunk) => writer.caller(chunk)),
      recorder.call(agent(stages, settings.agent)),
    );
  });
}

/** The error that ended the call. Of the stages, only `listen` ends a call by an error. */
function asCommandError(failure: unknown, { addresses }: ChosenServices): CommandError {
  if (failure instanceof CommandError) return failure;
  return new CommandError(explained(toFailure('listen', failure, false), addresses), exitCodes.failed, failure);
}
