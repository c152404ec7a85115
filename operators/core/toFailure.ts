import type { Failure, StageName } from '../events.ts';

/**
 * An error as a value of the stream: what failed, in which stage, and whether the call goes on.
 *
 * `code` and `requestId` are taken from errors of this library and from others of the same shape (with a `code` and `retryable`);
 * all other errors get the code `failed`.
 */
export function toFailure(stage: StageName, error: unknown, recovered: boolean): Failure {
  const { code, requestId } = hasCode(error) ? error : { code: 'failed', requestId: undefined };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'Failure', stage, code, message, ...(requestId !== undefined && { requestId }), recovered };
}

interface CodedError {
  readonly code: string;
  readonly requestId?: string;
}

const hasCode = (error: unknown): error is CodedError =>
  error instanceof Error && 'retryable' in error && 'code' in error && typeof error.code === 'string';
