import type { Failure, StageName } from '../events.ts';

/**
 * An error as a recovered `Failure`. The errors of this library, and whoever's have their shape (a `code`, and whether they are
 * `retryable`), say more than others: `failed`.
 */
export function failureOf(stage: StageName, error: unknown): Failure {
  const { code, requestId } = isTelling(error) ? error : { code: 'failed', requestId: undefined };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'Failure', stage, code, message, ...(requestId !== undefined && { requestId }), recovered: true };
}

interface Telling {
  readonly code: string;
  readonly requestId?: string;
}

const isTelling = (error: unknown): error is Telling =>
  error instanceof Error && 'retryable' in error && 'code' in error && typeof error.code === 'string';
