import type { APIError } from 'openai';
import { ModelError, type ErrorDetails } from '../errors.ts';
import type { Hiding } from '../wire/hiding.ts';
import { withRequestId } from '../wire/withRequestId.ts';

/**
 * Converts any error of a request to a `ModelError` that contains no key: keys are removed from the service's text, its text
 * about a refused key is left out, and its error objects, which contain the same text, are not kept as `cause`.
 */
export function toModelError(error: unknown, hide: Hiding, requestId?: string): ModelError {
  const clean = (text: string): string => withoutKeys(hide.in(text));
  if (error instanceof ModelError) return withRequestId(error, requestId) as ModelError;
  if (!(error instanceof Error)) return new ModelError('failed', `The model failed: ${clean(String(error))}`, id(requestId));
  if (!isApiError(error)) return torn(error, clean, { ...hide.cause(error), ...id(requestId) });

  const about = id(error.requestID ?? requestId);
  const reason = clean(reasonIn(error) ?? 'no reason given');
  const { status, headers } = error as Partial<APIError>;
  if (status !== undefined)
    return refused(status, error.code, reason, { ...about, retryable: headers?.get('x-should-retry') !== 'false' });
  if (error.error === undefined) {
    return new ModelError('unreachable', `No connection to the model: ${clean(rootCause(error))}.`, {
      retryable: true,
      ...hide.cause(error.cause),
    });
  }
  return new ModelError('failed', `The model failed in the middle of the answer: ${reason}`, { retryable: true, ...about });
}

function refused(status: number, code: string | null | undefined, reason: string, about: ErrorDetails): ModelError {
  const quota = code === 'insufficient_quota';
  const passing = status === 408 || status === 409 || status >= 500 || (status === 429 && !quota);
  const retryable = passing && about.retryable !== false;
  const details = { ...about, retryable };
  const because = (what: string): string => `${what} (${status}): ${reason}`;
  const known: Readonly<Record<number, readonly [string, string]>> = {
    401: ['unauthorized', 'The model refused the key (401). Check OPENAI_API_KEY (the option apiKey).'],
    403: ['unauthorized', because('This key may not use the model')],
    404: ['not-found', because('The model does not exist, or the address has no chat completions')],
    429: ['busy', because(quota ? 'The quota is used up' : 'The model is busy')],
  };
  const other = [status < 500 && !passing ? 'invalid' : 'failed', because('The model refused the request')] as const;
  const [name, message] = known[status] ?? other;
  return new ModelError(name, message, details);
}

/** An error while the body arrives: the client passes on the errors of the platform. */
function torn(error: Error, clean: (text: string) => string, about: ErrorDetails): ModelError {
  const details = { retryable: true, ...about };
  if (error instanceof SyntaxError)
    return new ModelError('failed', 'The model sent something that is not JSON.', { ...details, cause: undefined });
  // The client formats errors and runs out of stack at very deep ones.
  if (error instanceof RangeError) return new ModelError('failed', 'The model sent something that cannot be read.', details);
  return new ModelError('failed', `The connection to the model was lost: ${clean(rootCause(error))}.`, details);
}

/** Checks the shape, because the class would load the package. */
const isApiError = (error: Error): error is APIError => 'requestID' in error && 'status' in error;

/** The longest quote of a body: a proxy may answer with a page. */
const longestQuote = 200;

/** The service's reason: OpenAI's message, a plain text, or the beginning of a body that is not JSON. */
function reasonIn({ error, status, message }: APIError): string | undefined {
  const text: unknown = typeof error === 'object' ? (error as { message?: unknown } | null)?.message : error;
  if (typeof text === 'string') return text;
  if (error !== undefined || status === undefined || message.endsWith('(no body)')) return undefined;
  const body = message.replace(`${status} `, '').replace(/\s+/g, ' ');
  return body.length > longestQuote ? `${body.slice(0, longestQuote)}…` : body;
}

/** `fetch` puts the reason of a failure (`ECONNREFUSED`) at the end of a chain of causes. */
function rootCause(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error) return rootCause(cause);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

/** Removes other people's keys, which a service may quote. */
const withoutKeys = (text: string): string => text.replace(/\b(?:sk|sess)-[\w*.-]+/g, '[key]');

const id = (requestId: string | undefined): ErrorDetails => (requestId === undefined ? {} : { requestId });
