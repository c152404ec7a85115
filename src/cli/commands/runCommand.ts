import { asyncScheduler, catchError, defer, EMPTY, lastValueFrom, take, takeUntil, tap, type Observable } from 'rxjs';
import { durationMs } from '../../../operators/audio/duration.ts';
import type { AgentEvent } from '../../../operators/events.ts';
import { paced } from '../../../operators/audio/paced.ts';
import { speaker } from '../../audio/speaker.ts';
import { openCallWriter, type CallWriter } from '../../audio/stereo.ts';
import { chunks, readWav, type AudioFile } from '../../audio/wav.ts';
import { AudioError, toFailure } from '../../errors.ts';
import { flux } from '../../flux/flux.ts';
import { openai } from '../../llm/openai.ts';
import { agent } from '../../agent/agent.ts';
import { readRecording } from '../../record/file/readRecording.ts';
import { aura } from '../../tts/aura.ts';
import { CommandError, exitCodes } from '../commandError.ts';
import { bytesOf, textOf } from '../contents.ts';
import { readEnvironment } from '../environment.ts';
import { endIfHopeless, explained } from '../hopeless.ts';
import { interruption } from '../interruption.ts';
import { placement } from '../placement.ts';
import { checkRecord, openRecorder, type Recorder } from '../recorder.ts';
import { runReport } from '../runReport.ts';
import { runSettings, type RunFlags, type RunSettings } from '../settings.ts';
import { checkEngines, openSides, type Sides } from '../chosenServices.ts';
import { besides, writeTimeline } from './timelineCommand.ts';

/** `sluice run`: a voice agent on a recording. Its exit code; what ends it otherwise is an error. */
export async function run(input: string, flags: RunFlags): Promise<number> {
  const settings = runSettings(input, flags, readEnvironment());
  checkRecord(settings);
  const recording = read(input);
  const { begins, tells, ends, draws } = runReport(settings, recording?.durationMs ?? 0);
  if (!recording) {
    process.stderr.write(`${input} holds no audio: there is no turn in it.\n`);
    return exitCodes.done;
  }

  let stop: number | undefined;
  let failure: unknown;
  const stopped = interruption().pipe(
    take(1),
    tap((code) => (stop = code)),
  );
  if (!settings.deepgram) checkEngines();
  const writer = openCallWriter(settings.output, recording.audio.sampleRateHz);
  const sides = await openSides(settings);
  const recorder = openRecorder(settings, recording.audio);
  try {
    begins(sides.words);
    const events = call(recording, settings, sides, { writer, recorder }).pipe(
      endIfHopeless(sides.places),
      catchError((error: unknown) => {
        failure = error;
        return EMPTY;
      }),
      takeUntil(stopped),
    );
    await lastValueFrom(tells(events), { defaultValue: undefined });
    recorder.close();
    await writer.close();
    ends(stop === undefined && failure === undefined);
    if (settings.record !== undefined) draws(pageOf(settings.record));
  } finally {
    await sides.close();
  }
  if (failure !== undefined) throw inALine(failure, sides);
  return stop ?? exitCodes.done;
}

/** Draws what was recorded. Where the page is. */
function pageOf(record: string): string {
  const page = besides(record);
  writeTimeline(readRecording(textOf(record), record), record, page);
  return page;
}

/** The recording; nothing if it holds no audio. */
function read(path: string): AudioFile | undefined {
  try {
    return readWav(bytesOf(path), path);
  } catch (error) {
    if (error instanceof AudioError && error.code === 'empty') return undefined;
    throw error;
  }
}

function call(
  recording: AudioFile,
  settings: RunSettings,
  { deepgram, model }: Sides,
  { writer, recorder }: { readonly writer: CallWriter; readonly recorder: Recorder },
): Observable<AgentEvent> {
  const { encoding, sampleRateHz } = recording.audio;
  return defer(() => {
    const began = asyncScheduler.now();
    const place = placement(settings.speed, recording.durationMs);
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

/** What ended a call: of the stages only `listen` can. */
function inALine(failure: unknown, { places }: Sides): CommandError {
  if (failure instanceof CommandError) return failure;
  return new CommandError(explained(toFailure('listen', failure, false), places), exitCodes.failed, failure);
}
