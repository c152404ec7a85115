import type { Fault } from '../faults/fault.ts';
import type { ChatMessage } from '../backend.ts';

/** A message of Flux as on the wire. Some fields may be left out (`scenario.schema.json`). */
export type FluxMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** The fields of Flux's fatal `Error`. */
export type FluxFault = Readonly<Record<string, unknown>> & { readonly code: string };

/** An event of Flux and its time: it sends a message, its connection drops, or it sends an `Error` and closes. */
export type FluxRow =
  | { readonly at: number; readonly message: FluxMessage }
  | { readonly at: number; readonly drop: true }
  | { readonly at: number; readonly error: FluxFault };

/** An answer of the model, and its faults. A token is a word with the space before it. */
export interface Reply {
  readonly say: string;
  /** Answers if the last user message contains this; ignores case. Without it: answers one user turn. */
  readonly when?: string;
  /** Fails after this many tokens. */
  readonly failAfterTokens?: number;
  /** Refused with this HTTP status. */
  readonly status?: number;
  /** Sends nothing after this many tokens, and stays open. */
  readonly stallAfterTokens?: number;
  /** Continues this long after an abort. */
  readonly abortLagMs?: number;
  /** The faults apply only to the first requests that this entry answers, this many. Default: all. */
  readonly times?: number;
}

export interface ModelScript {
  /** Default 200. */
  readonly firstTokenMs?: number;
  /** Default 20. */
  readonly tokenMs?: number;
  /** The last entry without `when` repeats. Default `['Sure.']`. */
  readonly replies?: readonly (string | Reply)[] | ((messages: readonly ChatMessage[]) => string | Reply);
}

export interface SpeechScript {
  /** From `Flush` to the first audio. Default 120. */
  readonly firstAudioMs?: number;
  /** The duration of a character as speech. Default 60. */
  readonly msPerChar?: number;
  /** How many times faster than real time audio arrives. Default 10. For the emulator and `auraWire`. */
  readonly haste?: number;
  /** Completes without audio. */
  readonly silent?: boolean;
  /** Never answers. */
  readonly stall?: boolean;
  /** Continues to send audio this long after a `Clear`. Default 0. */
  readonly lateMs?: number;
}

/** A control of the agent at a time. The agent decides which fields may occur together. */
export interface ControlRow {
  readonly at: number;
  readonly say?: string;
  readonly protect?: boolean;
  readonly interrupt?: true;
  readonly text?: string;
  readonly forceEndTurn?: true;
  readonly configure?: Readonly<Record<string, unknown>>;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly close?: true;
  readonly hangUp?: true;
}

/**
 * One call as a script: the messages of Flux and their times, the answers of the model, the timing of the voice. Times are
 * milliseconds from the start of the call; in the emulator the times of Flux are audio time. The same scenario runs in the
 * simulator (virtual time), in the emulator (real sockets) and in marble tests.
 */
export interface Scenario {
  /** The story, in a sentence. */
  readonly about?: string;
  /** In order of time. */
  readonly flux?: readonly FluxRow[];
  readonly model?: ModelScript;
  readonly speech?: SpeechScript;
  readonly controls?: readonly ControlRow[];
  /** Options of the agent. */
  readonly agent?: Readonly<Record<string, unknown>>;
  /** The time from a drop to the next connection. Default 300. */
  readonly reconnectMs?: number;
  /** Faults of the services. */
  readonly faults?: readonly Fault[];
  readonly seed?: number;
  /** When the caller's audio ends. Default: a second after the last row. */
  readonly endAt?: number;
  /** When a call that is still open is ended. Default: a minute after `endAt`. */
  readonly untilMs?: number;
}
