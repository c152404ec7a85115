import { FluxError, SluiceError, WireError } from '../errors.ts';

/** The same error, knowing the session it happened in, unless it knows a request of its own. */
export function identified(error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof SluiceError) || error.requestId !== undefined || !requestId) return error;
  const { code, message, retryable, cause } = error;
  const details = { retryable, requestId, cause };
  if (error instanceof FluxError) return new FluxError(code, message, details);
  if (!(error instanceof WireError)) return error;
  const { status, closeCode } = error;
  return new WireError(code, message, {
    ...details,
    ...(status !== undefined && { status }),
    ...(closeCode !== undefined && { closeCode }),
  });
}
