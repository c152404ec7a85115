/**
 * Flux's messages exactly as on the wire (`/v2/listen`), in its own snake_case (docs/wire/flux.md §3, §4).
 *
 * All of them are JSON in text frames; binary frames carry audio, and only from client to server. Unknown types, events,
 * triggers and fields must be tolerated.
 */

export const turnEvents = ['Update', 'StartOfTurn', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'] as const;
/** `TurnInfo.event`: the `type` is always `TurnInfo`. */
export type FluxTurnEvent = (typeof turnEvents)[number];

/** The confidences (0 to 1) and the silence that end a turn. */
export interface FluxThresholds {
  readonly eager_eot_threshold?: number;
  readonly eot_threshold?: number;
  readonly eot_timeout_ms?: number;
}

/**
 * Makes Flux decode the audio it has, then close. It does not end the open turn: send `ForceEndTurn` first
 * (docs/wire/flux.md §3.1). The server closes without a status code, which a client sees as 1005.
 */
export interface CloseStream {
  readonly type: 'CloseStream';
}

/** Changes settings in the middle of the stream; absent fields stay as they are (docs/wire/flux.md §3.2). */
export interface Configure {
  readonly type: 'Configure';
  readonly thresholds?: FluxThresholds;
  /** Replaces the list; `[]` clears it. */
  readonly keyterms?: readonly string[];
  /** Only on `flux-general-multi`. Replaces the list; `[]` clears it, null keeps it. */
  readonly language_hints?: readonly string[] | null;
  readonly numerals?: boolean;
}

interface ServerMessage<Type extends string> {
  readonly type: Type;
  readonly request_id: string;
  readonly sequence_id: number;
}

/** The session is ready: the first message, `sequence_id` 0. */
export type Connected = ServerMessage<'Connected'>;

/** `start` and `end`: seconds on the connection's audio clock; older servers leave them out. */
export interface FluxWord {
  readonly word: string;
  readonly confidence: number;
  readonly start?: number;
  readonly end?: number;
}

export interface TurnInfo extends ServerMessage<'TurnInfo'> {
  readonly event: FluxTurnEvent;
  /** From 0; one more immediately after each `EndOfTurn`. */
  readonly turn_index: number;
  /** Seconds on the connection's audio clock. */
  readonly audio_window_start: number;
  /** Seconds on the connection's audio clock: how far the audio is transcribed. */
  readonly audio_window_end: number;
  /** The whole turn so far. It may change until the end of the turn; empty while nobody speaks. */
  readonly transcript: string;
  readonly words: readonly FluxWord[];
  /** 0 to 1. */
  readonly end_of_turn_confidence: number;
  /** The reason of an `EndOfTurn`: `model`, `manual` or `timeout`. Newer servers may send others, older ones none. */
  readonly trigger?: string;
  /** Only on `flux-general-multi`: the languages of the words, the most frequent first. */
  readonly languages?: readonly string[];
  readonly languages_hinted?: readonly string[];
}

/** The answer to an accepted `Configure`: the full settings now in force. */
export interface ConfigureSuccess extends ServerMessage<'ConfigureSuccess'> {
  readonly thresholds?: FluxThresholds;
  readonly keyterms?: readonly string[];
  readonly language_hints?: readonly string[];
  readonly numerals?: boolean;
}

/** The answer to a refused `Configure`: the settings stay as they were. */
export interface ConfigureFailure extends ServerMessage<'ConfigureFailure'> {
  readonly code?: string;
  readonly description?: string;
}

/** A problem after which the session goes on. */
export interface Warning extends ServerMessage<'Warning'> {
  readonly code?: string;
  readonly description?: string;
}

/** Fatal: the server closes right after it. It carries no `request_id`. */
export interface FatalError {
  readonly type: 'Error';
  readonly sequence_id: number;
  readonly code: string;
  readonly description: string;
}

export type FluxServerMessage = Connected | TurnInfo | ConfigureSuccess | ConfigureFailure | Warning | FatalError;

/** The code of the `Warning` that answers a `ForceEndTurn` while no turn is open. */
export const noActiveTurn = 'FORCE_END_TURN_NO_ACTIVE_TURN';
/** The code of the `Error` that answers a message Flux cannot read. */
export const unparsableClientMessage = 'UNPARSABLE_CLIENT_MESSAGE';
/** The code of the `Error` for a failure within Flux. */
export const internalServerError = 'INTERNAL_SERVER_ERROR';
