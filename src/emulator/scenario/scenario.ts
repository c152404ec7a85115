import type { Fault } from '../faults/fault.ts';
import type { ChatMessage } from '../backend.ts';

export { auraWire } from './auraWire.ts';
export { fluxWire } from './fluxWire.ts';
export { lazily } from './lazily.ts';
export { parseScenario } from './parseScenario.ts';
export { scripted } from './scripted.ts';
export { scriptedThink, RefusedRequest, type ModelMoment } from './scriptedThink.ts';
export { tone } from './tone.ts';

/** A message of Flux as on the wire; what a story does not need may be left out (`scenario.schema.json`). */
export type FluxMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** The fields of Flux's fatal `Error`. */
export type FluxFault = Readonly<Record<string, unknown>> & { readonly code: string };

/** What Flux does and when: it says something, its connection is lost, or it gives up. */
export type FluxRow =
  | { readonly at: number; readonly message: FluxMessage }
  | { readonly at: number; readonly drop: true }
  | { readonly at: number; readonly error: FluxFault };

/** An answer of the model, and what goes wrong with it. A token is a word with the space before it. */
export interface Reply {
  readonly say: string;
  /** Answers when this is part of the last user message, case ignored. Without it: by user turn. */
  readonly when?: string;
  /** Fails after so many tokens. */
  readonly failAfterTokens?: number;
  /** Refused with this HTTP status. */
  readonly status?: number;
  /** Says nothing more after so many tokens. */
  readonly stallAfterTokens?: number;
  /** Goes on this long after it was aborted. */
  readonly abortLagMs?: number;
  /** The faults hit only the first so many requests that this entry answers. Default: all. */
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
  /** How long a character takes to say. Default 60. */
  readonly msPerChar?: number;
  /** How many times faster than it sounds it comes; below 1 slower. Default 10. Of the emulator and `auraWire`. */
  readonly haste?: number;
  /** It completes without audio. */
  readonly silent?: boolean;
  /** It never answers. */
  readonly stall?: boolean;
  /** It goes on sending this long after a `Clear`. Default 0. */
  readonly lateMs?: number;
}

/** Something told to the agent; which fields go together is the agent's matter. */
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
 * One call as a script: what Flux says and when, how the model answers, how the voice speaks. Times are milliseconds from
 * the start of the call; in the emulator those of Flux are audio time. The same story runs in the simulator (virtual time),
 * in the emulator (real sockets) and in marble tests.
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
  /** How long after a drop a new connection stands. Default 300. */
  readonly reconnectMs?: number;
  /** What goes wrong at the far sides. */
  readonly faults?: readonly Fault[];
  readonly seed?: number;
  /** When the caller's audio ends. Default: a second after the last row. */
  readonly endAt?: number;
  /** When a call that is still open is given up. Default: `endAt` and a minute. */
  readonly untilMs?: number;
}
