import { WireError } from '../errors.ts';

/** The HTTP answer to an upgrade that was not granted. `headers` are in lower case, as Node gives them. */
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
  401: 'Is DEEPGRAM_API_KEY (the option apiKey) set, and right?',
  402: 'Is there credit left?',
  403: 'Is the model spelt right, and may this key use it?',
  404: 'Is the address right? Flux is looked for at /v2/listen below it, Aura at /v1/speak.',
  429: 'Too many connections at once.',
};

/**
 * What Deepgram meant by refusing an upgrade. It says why in the body, in one of two shapes (`{code, description}`,
 * `{err_code, err_msg, request_id}`), and in the header `dg-error` (docs/errors). Only 429 and 5xx are worth a retry.
 */
export function refused({ status, headers, body }: Refusal): WireError {
  const said = parsed(body);
  const reason = text(said['description']) ?? text(said['err_msg']) ?? text(headers['dg-error']);
  const requestId = text(headers['dg-request-id']) ?? text(said['request_id']);
  const what = status === 401 ? 'Deepgram refused the key' : 'Deepgram refused the connection';
  return new WireError(codes[status] ?? 'refused', sentence(`${what} (${status})`, reason, hints[status]), {
    status,
    retryable: status === 429 || status >= 500,
    ...(requestId !== undefined && { requestId }),
  });
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // a proxy's HTML, say
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const sentence = (what: string, reason?: string, hint?: string): string =>
  `${what}${reason === undefined ? '.' : `: ${reason.replace(/[.\s]*$/, '')}.`}${hint === undefined ? '' : ` ${hint}`}`;
