import type { AgentEvent, Failure, Message } from '../../../operators/events.ts';
import type { AgentOptions, Control } from '../../agent/options.ts';

/** The version of the format. A recording with another version is refused. */
export const recordingVersion = 1;

/** The first line of a recording. */
export interface Header {
  readonly sluice: 'recording';
  readonly version: typeof recordingVersion;
  /** The start of the recording, ISO 8601. */
  readonly time: string;
  readonly versions: { readonly sluice: string; readonly node: string };
  /** The caller's audio. `file`: the path of the WAV, relative to the recording. */
  readonly audio?: { readonly encoding: string; readonly sampleRateHz: number; readonly file?: string };
  /** The options of the stages and the agent, without secrets and functions. */
  readonly options: RecordedOptions;
  /** All words are placeholders. */
  readonly redacted?: true;
}

export interface RecordedOptions {
  readonly listen?: Fields;
  readonly think?: Fields;
  readonly speak?: Fields;
  readonly agent?: AgentOptions;
}

export type Fields = Readonly<Record<string, unknown>>;

/** An error in a line. */
export interface RecordedError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly requestId?: string;
  readonly closeCode?: number;
  readonly status?: number;
}

/** A frame: its text, or its length in bytes. */
export type RecordedFrame = { readonly text: string } | { readonly bytes: number };

type At<Kind> = Kind & { readonly at: number };

/** Something that came in. `late`: after a timer of ours in the same millisecond. */
type Incoming<Kind> = At<Kind & { readonly late?: true }>;

/** An `AgentEvent`: its `type` is the value of `event`, its other fields are beside it. */
export type EventLine = At<{ readonly event: AgentEvent['type']; readonly id: number } & Fields>;
/** Audio of the caller: its length in bytes, and its first sample in the WAV. */
export type CallerLine = Incoming<{ readonly caller: number; readonly offset: number }>;
/** Audio of the agent that was heard: its length in bytes, and its first sample in the WAV. */
export type HeardLine = At<{ readonly heard: number; readonly offset: number }>;
/** A control of the agent. */
export type ControlLine = Incoming<{ readonly control: Control }>;
/** A connection was asked for, opened, and ended: by an error, by the service, or because we left (`left`). */
export type DialLine = At<{ readonly dial: string }>;
export type OpenLine = At<{ readonly open: string }>;
export type CloseLine = At<{ readonly close: string; readonly left?: true; readonly error?: RecordedError }>;
/** A frame of a connection, in either direction. */
export type SentLine = At<{ readonly sent: string } & RecordedFrame>;
export type GotLine = Incoming<{ readonly got: string } & RecordedFrame>;
/** A request to the model, counted from 0. Its first `since` messages are those of the previous request. */
export type RequestLine = At<{ readonly request: number; readonly since?: number; readonly messages: readonly Message[] }>;
export type TokenLine = At<{ readonly token: number; readonly text: string }>;
export type UsageLine = At<{ readonly usage: number; readonly inputTokens: number; readonly outputTokens: number }>;
/** The model failed and is asked again. */
export type RetryLine = At<{ readonly retry: number; readonly failure: Failure }>;
export type EndLine = At<{ readonly end: number; readonly left?: true; readonly error?: RecordedError }>;
/** The caller's audio or the call ended: by itself, by an error, or because the subscriber left (`left`). */
export type OverLine = At<{ readonly over: 'caller' | 'call'; readonly left?: true; readonly error?: RecordedError }>;

/** The lines after the header. One of these keys stands beside `at` and names the kind of the line. */
export interface LineKinds {
  readonly event: EventLine;
  readonly caller: CallerLine;
  readonly heard: HeardLine;
  readonly control: ControlLine;
  readonly dial: DialLine;
  readonly open: OpenLine;
  readonly sent: SentLine;
  readonly got: GotLine;
  readonly close: CloseLine;
  readonly request: RequestLine;
  readonly token: TokenLine;
  readonly usage: UsageLine;
  readonly retry: RetryLine;
  readonly end: EndLine;
  readonly over: OverLine;
}

export type Kind = keyof LineKinds;
export type Line = LineKinds[Kind];

/** The kinds, in the order in which `kindOf` looks for them: an event has fields with names of other kinds. */
export const kinds = [
  'event',
  'caller',
  'control',
  'dial',
  'open',
  'sent',
  'got',
  'close',
  'request',
  'token',
  'usage',
  'retry',
  'end',
  'over',
  'heard',
] as const satisfies readonly Kind[];

export const isKind = <K extends Kind>(line: Line, kind: K): line is LineKinds[K] => kindOf(line) === kind;

/** The kind of a line; undefined if it is not a line. */
export function kindOf(line: object): Kind | undefined {
  return kinds.find((kind) => Object.hasOwn(line, kind));
}
