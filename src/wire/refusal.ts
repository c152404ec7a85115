import { parseJson, recordOf } from '../../operators/core/json.ts';
import { WireError } from '../errors.ts';

/** The HTTP answer that refuses an upgrade. The names of `headers` are in lower case, as Node gives them. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const codes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  429: 'busy',
};

const hints: Readonly<Record<number, string>> = {
  401: 'Check DEEPGRAM_API_KEY (the option apiKey).',
  402: 'Check the credit of the project.',
  403: 'Check the name of the model, and whether this key may use it.',
  404: 'Check the address: Flux is expected at /v2/listen below it, Aura at /v1/speak.',
  429: 'Too many connections are open at once.',
};

/**
 * The error for an upgrade that Deepgram refused. The reason is in the body, in one of two shapes (`{code, description}`,
 * `{err_code, err_msg, request_id}`), and in the header `dg-error` (docs/wire/flux.md §1.2). Only 429 and 5xx are `retryable`.
 */
export function refused({ status, headers, body }: Refusal): WireError {
  const answer = recordOf(parseJson(body)); // a proxy may answer with HTML
  const reason = text(answer['description']) ?? text(answer['err_msg']) ?? text(headers['dg-error']);
  const requestId = text(headers['dg-request-id']) ?? text(answer['request_id']);
  const what = status === 401 ? 'Deepgram refused the key' : 'Deepgram refused the connection';
  return new WireError(codes[status] ?? 'refused', sentence(`${what} (${status})`, reason, hints[status]), {
    status,
    retryable: status === 429 || status >= 500,
    ...(requestId !== undefined && { requestId }),
  });
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const sentence = (what: string, reason?: string, hint?: string): string =>
  `${what}${reason === undefined ? '.' : `: ${reason.replace(/[.\s]*$/, '')}.`}${hint === undefined ? '' : ` ${hint}`}`;
