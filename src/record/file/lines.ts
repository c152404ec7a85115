import type { AgentEvent, Failure, Message } from '../../../operators/events.ts';
import type { AgentOptions, Control } from '../../agent/options.ts';

/** The version of the format: what this one cannot read has another. */
export const recordingVersion = 1;

/** The first line of a recording. */
export interface Header {
  readonly sluice: 'recording';
  readonly version: typeof recordingVersion;
  /** When the recording began, ISO 8601. */
  readonly time: string;
  readonly versions: { readonly sluice: string; readonly node: string };
  /** The caller's audio; `file`: the WAV beside the recording, relative to it. */
  readonly audio?: { readonly encoding: string; readonly sampleRateHz: number; readonly file?: string };
  /** What the stages and the agent were given, without secrets; functions are not written. */
  readonly options: RecordedOptions;
  /** All that was said is placeholders. */
  readonly redacted?: true;
}

export interface RecordedOptions {
  readonly listen?: Fields;
  readonly think?: Fields;
  readonly speak?: Fields;
  readonly agent?: AgentOptions;
}

export type Fields = Readonly<Record<string, unknown>>;

/** An error as a line tells it. */
export interface RecordedError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly requestId?: string;
  readonly closeCode?: number;
  readonly status?: number;
}

/** A frame: its text, or how many bytes it had. */
export type RecordedFrame = { readonly text: string } | { readonly bytes: number };

type At<Kind> = Kind & { readonly at: number };

/** `late`: a timer of ours had run before it in its millisecond. */
type In<Kind> = At<Kind & { readonly late?: true }>;

/** An `AgentEvent`: its `type` is the value of `event`, its other fields stand beside. */
export type EventLine = At<{ readonly event: AgentEvent['type']; readonly id: number } & Fields>;
/** Audio of the caller: bytes, and where in the WAV they begin, in samples. */
export type CallerLine = In<{ readonly caller: number; readonly offset: number }>;
/** Audio of the agent that was heard: bytes, and where in the WAV they begin, in samples. */
export type HeardLine = At<{ readonly heard: number; readonly offset: number }>;
/** The agent was told something. */
export type ControlLine = In<{ readonly control: Control }>;
/** Connections: one is asked for, stands, and is over; by an error, by the far side's leave, or because we left. */
export type DialLine = At<{ readonly dial: string }>;
export type OpenLine = At<{ readonly open: string }>;
export type CloseLine = At<{ readonly close: string; readonly left?: true; readonly error?: RecordedError }>;
/** Frames of a connection, in both directions. */
export type SentLine = At<{ readonly sent: string } & RecordedFrame>;
export type GotLine = In<{ readonly got: string } & RecordedFrame>;
/** A request to the model, counted from 0: its first `since` messages are those of the request before it. */
export type RequestLine = At<{ readonly request: number; readonly since?: number; readonly messages: readonly Message[] }>;
export type TokenLine = At<{ readonly token: number; readonly text: string }>;
export type UsageLine = At<{ readonly usage: number; readonly inputTokens: number; readonly outputTokens: number }>;
/** The model failed, and is asked once more. */
export type RetryLine = At<{ readonly retry: number; readonly failure: Failure }>;
export type EndLine = At<{ readonly end: number; readonly left?: true; readonly error?: RecordedError }>;
/** The caller's audio, or the call, is over; by an error, or because the one who listened left. */
export type OverLine = At<{ readonly over: 'caller' | 'call'; readonly left?: true; readonly error?: RecordedError }>;

/** A line of a recording after the header. The key beside `at` that is one of these says what it is. */
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

/** The kinds, in the order in which a line is asked what it is: an event has fields named like other kinds. */
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

/** What a line is; nothing for what is no line. */
export function kindOf(line: object): Kind | undefined {
  return kinds.find((kind) => Object.hasOwn(line, kind));
}
