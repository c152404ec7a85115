import { WireError } from '../../errors.ts';
import { hitsOf, type Hits } from './faults.ts';
import type { MarkPlace } from './peerFaults.ts';

/** Deepgram's code and message for a refused upgrade, where they are known (docs/wire/flux.md §1.2). */
const reasons: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['INVALID_AUTH', 'Invalid credentials.'],
  402: ['ASR_PAYMENT_REQUIRED', 'Project does not have enough credits.'],
  403: ['INSUFFICIENT_PERMISSIONS', 'Project does not have access to the requested model.'],
  429: ['TOO_MANY_REQUESTS', 'Too many requests. Please try again later.'],
};

/** The refusal that a `refuse` fault asks for. */
export interface Refused {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** The fault's code, else Deepgram's. */
  readonly code: string;
  /** The fault's code. */
  readonly faultCode: string | undefined;
  readonly message: string;
}

/** The first refusal among the faults that strikes. */
export function refusedBy(hits: Hits): Refused | undefined {
  const hit = hitsOf(hits, 'refuse').find(({ strikes }) => strikes());
  if (!hit) return undefined;
  const { status, retryAfterMs, code: faultCode } = hit.fault;
  const [code, message] = reasons[status] ?? [status < 500 ? 'REFUSED' : 'INTERNAL_SERVER_ERROR', 'A fault says so.'];
  return { status, retryAfterMs, code: faultCode ?? code, faultCode, message: hit.fault.message ?? message };
}

const codes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  402: 'payment',
  403: 'forbidden',
  429: 'busy',
};

/** Throws the `WireError` of a refused upgrade if a fault refuses. For wires without a socket. */
export function throwIfRefused(hits: Hits, markPlace: MarkPlace = () => () => undefined): void {
  const refused = refusedBy(hits);
  if (!refused) return;
  markPlace()();
  const { status, message } = refused;
  throw new WireError(codes[status] ?? 'refused', `The service refused the connection (${status}): ${message}`, {
    status,
    retryable: status === 429 || status >= 500,
  });
}
