import { FluxError, ModelError, SluiceError, VoiceError, WireError } from '../../errors.ts';
import type { RecordedError } from './lines.ts';

/** Turns an error into its form in a recording. */
export function toRecordedError(error: unknown): RecordedError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SluiceError)) return { name: 'Error', code: 'failed', message, retryable: false };
  const { name, code, retryable, requestId } = error;
  const { closeCode, status } = error instanceof WireError ? error : {};
  return {
    name,
    code,
    message,
    retryable,
    ...(requestId !== undefined && { requestId }),
    ...(closeCode !== undefined && { closeCode }),
    ...(status !== undefined && { status }),
  };
}

/** Turns an error of a recording back into an error. */
export function fromRecordedError({ name, code, message, ...details }: RecordedError): Error {
  switch (name) {
    case 'WireError':
      return new WireError(code, message, details);
    case 'FluxError':
      return new FluxError(code, message, details);
    case 'ModelError':
      return new ModelError(code, message, details);
    case 'VoiceError':
      return new VoiceError(code, message, details);
    case 'Error':
      return new Error(message);
    default:
      return new SluiceError(code, message, details);
  }
}
