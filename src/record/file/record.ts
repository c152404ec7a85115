import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from 'rxjs';
import type { AgentEvent, AudioChunk, Message, Thought } from '../../../operators/events.ts';
import type { Control, Stages } from '../../agent/options.ts';
import type { Frame, Wire } from '../../wire/wire.ts';
import { toRecordedError } from './recordedError.ts';
import { recordingVersion, type Header, type Line, type RecordedFrame, type RecordedOptions } from './lines.ts';
import { LateLines } from './lateLines.ts';
import { ownVersion } from './ownPackage.ts';
import { frameWithoutWords, redacting, withoutWords } from './redacting.ts';
import { hideSecrets } from './hideSecrets.ts';
import { tapped } from './tapped.ts';

/**
 * Takes a line without its line end. It must be done with the line when it returns: the call waits, nothing is queued. If it throws, the
 * call goes on, `failure` returns the error, and the sink gets no more lines.
 */
export type Sink = (line: string) => void;

export interface RecordConfig {
  /** The options of the stages and the agent, which a replay needs. Keys are left out. Default: none. */
  readonly options?: { readonly [Stage in keyof RecordedOptions]: object };
  /** The format of the caller's audio, and the WAV beside the recording. Default: not recorded. */
  readonly audio?: Header['audio'];
  /** Replaces all words by placeholders of the same length. Default false. */
  readonly redact?: boolean;
}

/** The taps of one call. */
export interface Recording {
  /** Wraps an agent: records the caller's audio and all events. `at` counts from its subscription. */
  readonly call: (agent: OperatorFunction<AudioChunk, AgentEvent>) => OperatorFunction<AudioChunk, AgentEvent>;
  /** Wraps the wire of a stage: `flux({ tap: recording.wire('listen') })`, `aura({ tap: recording.wire('speak') })`. */
  readonly wire: (name: 'listen' | 'speak') => (wire: Wire) => Wire;
  /** Wraps a model: records requests, tokens, ends. */
  readonly think: (think: Stages['think']) => Stages['think'];
  /** Records the agent's controls. */
  readonly controls: () => MonoTypeOperatorFunction<Control>;
  /** Records that audio of the agent was heard. `offset`: its first sample in the WAV. */
  readonly heard: (audio: AudioChunk, offset: number) => void;
  /** The error of the sink, if it threw: then the recording is incomplete. */
  readonly failure: () => Error | undefined;
}

/**
 * Records a call line by line, as it happens: input, output and events (docs/recording.md).
 *
 *     const recording = record(openFileSink('call.jsonl').write, { options: { listen, agent } });
 *     audio$.pipe(recording.call(agent({
 *       listen: flux({ ...listen, tap: recording.wire('listen') }),
 *       think: recording.think(openai(model)),
 *       …
 *
 * It stores only the last request to the model, however long the call. It never writes a key.
 */
export function record(sink: Sink, { options = {}, audio, redact = false }: RecordConfig = {}): Recording {
  const redacted = redact ? redacting() : undefined;
  const hide = hideSecrets(options);
  let failure: Error | undefined;
  let began: number | undefined;

  const lateLines = new LateLines();
  const write = (line: Header | Line) => {
    if (failure !== undefined) return;
    const late = 'at' in line && lateLines.isLate(line) && ('got' in line || 'caller' in line || 'control' in line);
    const isFrame = 'sent' in line || 'got' in line; // frames are redacted already
    const written = late ? { ...line, late } : line;
    try {
      sink(hide.line(redacted && !isFrame ? withoutWords(written, redacted) : written));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
  };
  const now = () => asyncScheduler.now() - (began ??= asyncScheduler.now());
  const ended = ({ left, ...how }: { readonly left?: true; readonly error?: unknown }) => ({
    ...(left && { left }),
    ...('error' in how && { error: toRecordedError(how.error) }),
  });
  const toRecordedFrame = (frame: Frame): RecordedFrame => {
    if (typeof frame !== 'string') return { bytes: frame.length };
    return { text: redacted ? frameWithoutWords(frame, redacted) : frame };
  };

  write({
    sluice: 'recording',
    version: recordingVersion,
    time: new Date().toISOString(),
    versions: { sluice: ownVersion(), node: process.version },
    ...(audio && { audio }),
    options: hide.options,
    ...(redact && { redacted: true }),
  });

  return {
    call: (agent) => (source) =>
      defer(() => {
        began = asyncScheduler.now();
        let samples = 0;
        const caller = source.pipe(
          tap({
            next: ({ data }) => {
              write({ at: now(), caller: data.length, offset: samples });
              samples += data.length / 2;
            },
            error: (error: unknown) => write({ at: now(), over: 'caller', ...ended({ error }) }),
            complete: () => write({ at: now(), over: 'caller' }),
          }),
        );
        return caller.pipe(
          agent,
          tap({
            next: ({ type, at, ...rest }) => write({ at, event: type, ...rest }),
            error: (error: unknown) => write({ at: now(), over: 'call', ...ended({ error }) }),
            complete: () => write({ at: now(), over: 'call' }),
            unsubscribe: () => write({ at: now(), over: 'call', left: true }),
          }),
        );
      }),

    wire: (name) => (wire) =>
      tapped(wire, {
        dialled: (connection) => write({ at: now(), dial: `${name}:${connection}` }),
        opened: (connection) => write({ at: now(), open: `${name}:${connection}` }),
        sent: (connection, frame) => write({ at: now(), sent: `${name}:${connection}`, ...toRecordedFrame(frame) }),
        got: (connection, frame) => write({ at: now(), got: `${name}:${connection}`, ...toRecordedFrame(frame) }),
        closed: (connection, how) => write({ at: now(), close: `${name}:${connection}`, ...ended(how) }),
      }),

    think: (think) => {
      let requests = 0;
      let before: readonly Message[] = [];
      return (messages) =>
        defer(() => {
          const request = requests++;
          const since = sharedWith(before, messages);
          before = messages;
          write({ at: now(), request, ...(since > 0 && { since }), messages: messages.slice(since) });
          return defer(() => think(messages)).pipe(
            tap({
              next: (thought) => write({ at: now(), ...thoughtOf(request, thought) }),
              error: (error: unknown) => write({ at: now(), end: request, ...ended({ error }) }),
              complete: () => write({ at: now(), end: request }),
              unsubscribe: () => write({ at: now(), end: request, left: true }),
            }),
          );
        });
    },

    controls: () => (controls: Observable<Control>) => controls.pipe(tap((control) => write({ at: now(), control }))),

    heard: ({ data }, offset) => write({ at: now(), heard: data.length, offset }),

    failure: () => failure,
  };
}

function thoughtOf(request: number, thought: Thought) {
  if (thought.type === 'Token') return { token: request, text: thought.text };
  if (thought.type === 'Failure') return { retry: request, failure: thought };
  const { inputTokens, outputTokens } = thought;
  return { usage: request, inputTokens, outputTokens };
}

/** How many messages both conversations share at the beginning. */
function sharedWith(before: readonly Message[], messages: readonly Message[]): number {
  const first = messages.findIndex((message, at) => !isSame(message, before[at]));
  return first < 0 ? messages.length : first;
}

const isSame = (one: Message, other: Message | undefined) =>
  one.role === other?.role && one.content === other.content && one.interrupted === other.interrupted;
