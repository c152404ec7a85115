import type { Failure, StageName } from '../operators/events.ts';

/** What every error of ours carries: a stable `code`, whether a retry may help, and the service's id of the request. */
export interface ErrorDetails {
  readonly retryable?: boolean;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** The base of the errors a user can meet: `code` is for programs, `message` says what happened and what to try. */
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
 * A socket could not be had or was lost.
 *
 * `invalid` (400), `unauthorized` (401), `payment` (402), `forbidden` (403), `busy` (429), `refused` (any other status),
 * `unreachable`, `closed` (an unexpected close), `stalled` (the far side takes no more data), `silent` (it says nothing).
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

/** Flux said `Error`, or broke its protocol. Codes are Flux's own, or `not-connected`. */
export class FluxError extends SluiceError {
  override readonly name = 'FluxError';
}

/**
 * The language model failed: `unauthorized`, `not-found`, `invalid`, `busy`, `unreachable`, `failed`, `truncated` (the stream
 * ended without a `finish_reason`), `filtered`, `tool_calls`, `empty`, `first-token` or `token-gap` (it took too long).
 */
export class ModelError extends SluiceError {
  override readonly name = 'ModelError';
}

/** The voice failed: `first-audio` (it took too long), `no-audio` (it completed without a sound), `lost-track` (its answers no longer say what they answer). */
export class VoiceError extends SluiceError {
  override readonly name = 'VoiceError';
}

/** Audio that cannot be read: `not-wav`, `unsupported`, `truncated`. */
export class AudioError extends SluiceError {
  override readonly name = 'AudioError';
}

/** A scenario that does not fit its schema; the message names line and field. */
export class ScenarioError extends SluiceError {
  override readonly name = 'ScenarioError';
}

/** A recording that cannot be read or replayed; the message names the line. */
export class RecordingError extends SluiceError {
  override readonly name = 'RecordingError';
}

/** An error as a value of the stream: what broke, where, and whether the call goes on. */
export function toFailure(stage: StageName, error: unknown, recovered: boolean): Failure {
  const code = error instanceof SluiceError ? error.code : 'failed';
  const message = error instanceof Error ? error.message : String(error);
  const requestId = error instanceof SluiceError && error.requestId !== undefined ? { requestId: error.requestId } : {};
  return { type: 'Failure', stage, code, message, ...requestId, recovered };
}
