import type { IncomingMessage } from 'node:http';
import { Refusal } from './query.ts';

/**
 * Checks the key of a WebSocket (docs/wire/flux.md §1): `Authorization: Token <key>`, or from a browser the subprotocols
 * `token, <key>`. `Bearer` takes only short-lived tokens, which look like `a.b.c` and cannot be checked against a key. An API key
 * as Bearer is refused.
 */
export function checkKey(request: IncomingMessage, key: string | undefined): void {
  const { authorization, 'sec-websocket-protocol': protocol } = request.headers;
  const [scheme = '', secret = ''] = (authorization ?? protocol?.replace(',', ' ') ?? '').trim().split(/\s+/);
  const bearer = scheme.toLowerCase() === 'bearer' && /^[^.]+\.[^.]+\.[^.]+$/.test(secret) && key === undefined;
  const token = scheme.toLowerCase() === 'token' && isKey(secret, key);
  if (!bearer && !token) throw new Refusal(401, 'INVALID_AUTH', 'Invalid credentials.');
}

/** Whether a completion has a valid key (docs/wire/openai.md B6.1): `Authorization: Bearer <key>`. */
export function hasBearer(request: IncomingMessage, key: string | undefined): boolean {
  const [scheme = '', secret = ''] = (request.headers.authorization ?? '').trim().split(/\s+/);
  return scheme.toLowerCase() === 'bearer' && isKey(secret, key);
}

function isKey(secret: string, key: string | undefined): boolean {
  return key === undefined ? secret !== '' : secret === key;
}

/** Whether a `Host` is the loopback. Refusing others protects against DNS rebinding. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
