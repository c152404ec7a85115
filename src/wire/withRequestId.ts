import { SluiceError, type WireErrorDetails } from '../errors.ts';

/** A copy of an error of this library that names its request, unless it already names one. Other errors pass unchanged. */
export function withRequestId(error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof SluiceError) || error.requestId !== undefined || !requestId) return error;
  const ErrorClass = error.constructor as new (code: string, message: string, details: WireErrorDetails) => SluiceError;
  const details: WireErrorDetails = error;
  return new ErrorClass(error.code, error.message, { ...details, cause: error.cause, requestId });
}
