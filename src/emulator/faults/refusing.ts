import { WireError } from '../../errors.ts';
import { hitsOf, type Hits } from './faults.ts';
import type { MarkPlace } from './farFaults.ts';

/** What a refused upgrade says, where Deepgram's word for it is known (flux.md §1.2). */
const words: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['INVALID_AUTH', 'Invalid credentials.'],
  402: ['ASR_PAYMENT_REQUIRED', 'Project does not have enough credits.'],
  403: ['INSUFFICIENT_PERMISSIONS', 'Project does not have access to the requested model.'],
  429: ['TOO_MANY_REQUESTS', 'Too many requests. Please try again later.'],
};

/** What a `refuse` among the faults does, if it strikes. */
export interface Refused {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Deepgram's, unless the fault names one. */
  readonly code: string;
  /** What the fault names. */
  readonly ownCode: string | undefined;
  readonly message: string;
}

export function refusedBy(hits: Hits): Refused | undefined {
  const hit = hitsOf(hits, 'refuse').find(({ strikes }) => strikes());
  if (!hit) return undefined;
  const { status, retryAfterMs, code: ownCode } = hit.fault;
  const [code, message] = words[status] ?? [status < 500 ? 'REFUSED' : 'INTERNAL_SERVER_ERROR', 'A fault says so.'];
  return { status, retryAfterMs, code: ownCode ?? code, ownCode, message: hit.fault.message ?? message };
}

const codes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  429: 'busy',
};

/** Throws the `WireError` of a refused upgrade, if a fault refuses; for wires without a socket. */
export function refusing(hits: Hits, markPlace: MarkPlace = () => () => undefined): void {
  const refused = refusedBy(hits);
  if (!refused) return;
  markPlace()();
  const { status, message } = refused;
  throw new WireError(codes[status] ?? 'refused', `The far side refused the connection (${status}): ${message}`, {
    status,
    retryable: status === 429 || status >= 500,
  });
}
