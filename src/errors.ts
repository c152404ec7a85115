export { toFailure } from '../operators/core/toFailure.ts';

/** What every error of this library carries besides its code and message. */
export interface ErrorDetails {
  /** Whether a retry may help. Defaults to false. */
  readonly retryable?: boolean;
  /** The service's id of the request or the connection. */
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** The base class of all errors a user can meet. `code` is for programs; `message` says what happened and what to try. */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError';
  readonly code: string;
  readonly retryable: boolean;
  readonly requestId?: string;

  constructor(code: string, message: string, { retryable = false, requestId, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    if (requestId !== undefined) this.requestId = requestId;
  }
}

export interface WireErrorDetails extends ErrorDetails {
  /** The HTTP status of a refused upgrade. */
  readonly status?: number;
  /** The WebSocket close code. */
  readonly closeCode?: number;
}

/**
 * A connection could not be opened or was lost.
 *
 * `invalid` (400), `unauthorized` (401), `payment` (402), `forbidden` (403), `busy` (429), `refused` (any other status),
 * `unreachable`, `closed` (an unexpected close), `stalled` (the service accepts no more data), `silent` (it sends nothing).
 */
export class WireError extends SluiceError {
  override readonly name = 'WireError';
  readonly status?: number;
  readonly closeCode?: number;

  constructor(code: string, message: string, details: WireErrorDetails = {}) {
    super(code, message, details);
    if (details.status !== undefined) this.status = details.status;
    if (details.closeCode !== undefined) this.closeCode = details.closeCode;
  }
}

/** Flux sent `Error` or broke its protocol. The codes are Flux's own, or `not-connected`. */
export class FluxError extends SluiceError {
  override readonly name = 'FluxError';
}

/**
 * The language model failed: `unauthorized`, `not-found`, `invalid`, `busy`, `unreachable`, `failed`, `truncated` (the stream
 * ended without a `finish_reason`), `filtered`, `tool_calls`, `empty`, `first-token` or `token-gap` (timeouts).
 */
export class ModelError extends SluiceError {
  override readonly name = 'ModelError';
}

/**
 * The voice failed: `first-audio` (a timeout), `no-audio` (it completed without a sound), `lost-track` (it is no longer known
 * which text its answers belong to).
 */
export class VoiceError extends SluiceError {
  override readonly name = 'VoiceError';
}

/** Audio cannot be read or written: `not-wav`, `empty`, `unsupported`, `write-failed`. */
export class AudioError extends SluiceError {
  override readonly name = 'AudioError';
}

/** A scenario does not match its schema. The message names the line and the field. */
export class ScenarioError extends SluiceError {
  override readonly name = 'ScenarioError';
}

/** A recording cannot be read or replayed. The message names the line. */
export class RecordingError extends SluiceError {
  override readonly name = 'RecordingError';
}
