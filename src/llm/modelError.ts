import type { APIError } from 'openai';
import { ModelError, type ErrorDetails } from '../errors.ts';
import type { Hiding } from '../wire/hiding.ts';

/**
 * Whatever went wrong with a request, as a `ModelError`. Nothing in it holds a key: what the service said is cleared of
 * them, what it said to a refused key is left out, and its error objects, which hold the same text, are not kept as cause.
 */
export function toModelError(error: unknown, hide: Hiding, requestId?: string): ModelError {
  const clean = (text: string): string => withoutKeys(hide.in(text));
  if (error instanceof ModelError) {
    const { code, message, retryable } = error;
    return new ModelError(code, message, { retryable, ...id(requestId) });
  }
  if (!(error instanceof Error)) return new ModelError('failed', `The model failed: ${clean(String(error))}`, id(requestId));
  if (!isApiError(error)) return torn(error, clean, { ...hide.cause(error), ...id(requestId) });

  const about = id(error.requestID ?? requestId);
  const said = clean(spoken(error) ?? 'no reason given');
  const { status, headers } = error as Partial<APIError>;
  if (status !== undefined)
    return refused(status, error.code, said, { ...about, retryable: headers?.get('x-should-retry') !== 'false' });
  if (error.error === undefined) {
    const reason = clean(reasonOf(error));
    return new ModelError('unreachable', `No connection to the model: ${reason}.`, {
      retryable: true,
      ...hide.cause(error.cause),
    });
  }
  return new ModelError('failed', `The model failed in mid-answer: ${said}`, { retryable: true, ...about });
}

function refused(status: number, code: string | null | undefined, said: string, about: ErrorDetails): ModelError {
  const quota = code === 'insufficient_quota';
  const passing = status === 408 || status === 409 || status >= 500 || (status === 429 && !quota);
  const retryable = passing && about.retryable !== false;
  const details = { ...about, retryable };
  switch (status) {
    case 401:
      return new ModelError(
        'unauthorized',
        'The model refused the key (401). Is the option apiKey, OPENAI_API_KEY, right?',
        details,
      );
    case 403:
      return new ModelError('unauthorized', `The model is not allowed with this key (403): ${said}`, details);
    case 404:
      return new ModelError('not-found', `There is no such model, or no chat completions at this URL (404): ${said}`, details);
    case 429:
      return new ModelError('busy', `${quota ? 'The quota is used up' : 'The model is busy'} (429): ${said}`, details);
    default:
      return new ModelError(
        status < 500 && !passing ? 'invalid' : 'failed',
        `The model refused the request (${status}): ${said}`,
        details,
      );
  }
}

/** The client throws the platform's own errors once the body is on its way. */
function torn(error: Error, clean: (text: string) => string, about: ErrorDetails): ModelError {
  const details = { retryable: true, ...about };
  if (error instanceof SyntaxError)
    return new ModelError('failed', 'The model sent something that is not JSON.', { ...details, cause: undefined });
  // The client writes errors out, and runs out of stack at one of very many levels.
  if (error instanceof RangeError) return new ModelError('failed', 'The model sent something that cannot be read.', details);
  return new ModelError('failed', `The connection to the model was lost: ${clean(reasonOf(error))}.`, details);
}

/** By its shape: the class would have to be loaded with the package. */
function isApiError(error: Error): error is APIError {
  return 'requestID' in error && 'status' in error;
}

/** The longest piece of a body that is quoted: a proxy may answer with a page. */
const longestQuote = 200;

/** What the service says: OpenAI's message, the bare text of others, or the beginning of a body that is no JSON. */
function spoken({ error, status, message }: APIError): string | undefined {
  const said: unknown = typeof error === 'object' ? (error as { message?: unknown } | null)?.message : error;
  if (typeof said === 'string') return said;
  if (error !== undefined || status === undefined || message.endsWith('(no body)')) return undefined;
  const body = message.replace(`${status} `, '').replace(/\s+/g, ' ');
  return body.length > longestQuote ? `${body.slice(0, longestQuote)}…` : body;
}

/** `fetch` hides the reason of a failure (`ECONNREFUSED`) in a chain of causes. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error) return reasonOf(cause);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

/** Keys of others, which a service may quote, too. */
function withoutKeys(text: string): string {
  return text.replace(/\b(?:sk|sess)-[\w*.-]+/g, '[key]');
}

function id(requestId: string | undefined): ErrorDetails {
  return requestId === undefined ? {} : { requestId };
}
