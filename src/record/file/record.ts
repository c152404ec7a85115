import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from 'rxjs';
import type { AgentEvent, AudioChunk, Message, Thought } from '../../../operators/events.ts';
import type { Control, Stages } from '../../agent/options.ts';
import type { Frame, Wire } from '../../wire/wire.ts';
import { toRecordedError } from './errorLine.ts';
import { recordingVersion, type Header, type Line, type RecordedFrame, type RecordedOptions } from './lines.ts';
import { LateLines } from './lateLines.ts';
import { ownVersion } from './ownPackage.ts';
import { frameWithoutWords, redacting, withoutWords } from './redacting.ts';
import { harmless } from './secrets.ts';
import { tapped } from './tapped.ts';

/**
 * Takes a line, without its end. It has it when it returns: the call waits, nothing is queued, and one that writes later bounds its
 * own queue. A recording that cannot be kept does not end the call: what it throws is `failure`, and it is handed no more.
 */
export type Sink = (line: string) => void;

export interface RecordConfig {
  /** What the stages and the agent are given: a replay needs it. Keys are left out. Default: nothing. */
  readonly options?: { readonly [Stage in keyof RecordedOptions]: object };
  /** The format of the caller's audio, and the WAV beside the recording. Default: not said. */
  readonly audio?: Header['audio'];
  /** What was said is taken out, its length and its sentences stay. Default false. */
  readonly redact?: boolean;
}

/** The taps of one call. */
export interface Recording {
  /** Stands around an agent: hears the caller's audio, and all that happens. The times of the recording begin with its subscription. */
  readonly call: (agent: OperatorFunction<AudioChunk, AgentEvent>) => OperatorFunction<AudioChunk, AgentEvent>;
  /** Stands around the wire of a stage: `flux({ tap: recording.wire('listen') })`, `aura({ tap: recording.wire('speak') })`. */
  readonly wire: (name: 'listen' | 'speak') => (wire: Wire) => Wire;
  /** Stands around a model: requests, tokens, ends. */
  readonly think: (think: Stages['think']) => Stages['think'];
  /** Stands before an agent's controls. */
  readonly controls: () => MonoTypeOperatorFunction<Control>;
  /** Audio of the agent was heard, and begins at this sample of the WAV. */
  readonly heard: (audio: AudioChunk, offset: number) => void;
  /** Why the recording is not whole, if the sink threw. */
  readonly failure: () => Error | undefined;
}

/**
 * Records a call, line by line as it happens: what came in, what went out, what became of it (docs/recording.md).
 *
 *     const recording = record(fileSink('call.jsonl'), { options: { listen, agent } });
 *     audio$.pipe(recording.call(agent({
 *       listen: flux({ ...listen, tap: recording.wire('listen') }),
 *       think: recording.think(openai(model)),
 *       …
 *
 * However long the call, it keeps nothing but the last request to the model, to tell what the next one adds. No key is written, wherever it stands.
 */
export function record(sink: Sink, { options = {}, audio, redact = false }: RecordConfig = {}): Recording {
  const redacted = redact ? redacting() : undefined;
  const hide = harmless(options);
  let failure: Error | undefined;
  let began: number | undefined;

  const lateLines = new LateLines();
  const write = (line: Header | Line) => {
    if (failure !== undefined) return;
    const late = 'at' in line && lateLines.isLate(line) && ('got' in line || 'caller' in line || 'control' in line);
    put(late ? { ...line, late } : line);
  };
  const put = (line: Header | Line) => {
    try {
      const isFrame = 'sent' in line || 'got' in line; // they have been seen to
      sink(hide.line(redacted && !isFrame ? withoutWords(line, redacted) : line));
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
  };
  const now = () => asyncScheduler.now() - (began ??= asyncScheduler.now());
  const ended = ({ left, ...how }: { readonly left?: true; readonly error?: unknown }) => ({
    ...(left && { left }),
    ...('error' in how && { error: toRecordedError(how.error) }),
  });
  const frameOf = (frame: Frame): RecordedFrame => {
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
        sent: (connection, frame) => write({ at: now(), sent: `${name}:${connection}`, ...frameOf(frame) }),
        got: (connection, frame) => write({ at: now(), got: `${name}:${connection}`, ...frameOf(frame) }),
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

/** How many messages both conversations begin with. */
function sharedWith(before: readonly Message[], messages: readonly Message[]): number {
  const first = messages.findIndex((message, at) => !isSame(message, before[at]));
  return first < 0 ? messages.length : first;
}

const isSame = (one: Message, other: Message | undefined) =>
  one.role === other?.role && one.content === other.content && one.interrupted === other.interrupted;
