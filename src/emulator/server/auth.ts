import type { IncomingMessage } from 'node:http';
import { Refusal } from './query.ts';

/**
 * Checks the key of a WebSocket (docs/wire/flux.md §1): `Authorization: Token <key>`, or from a browser the subprotocols
 * `token, <key>`. `Bearer` takes only short-lived tokens, which look like `a.b.c` and cannot be checked against a key. An API key
 * as Bearer is refused.
 */
export function checkKey({ headers }: IncomingMessage, key: string | undefined): void {
  const [scheme, secret] = credentials(headers.authorization ?? headers['sec-websocket-protocol']?.replace(',', ' '));
  const bearer = scheme === 'bearer' && /^[^.]+\.[^.]+\.[^.]+$/.test(secret) && key === undefined;
  if (!bearer && !(scheme === 'token' && isKey(secret, key))) throw new Refusal(401, 'INVALID_AUTH', 'Invalid credentials.');
}

/** Whether a completion has a valid key (docs/wire/openai.md B6.1): `Authorization: Bearer <key>`. */
export function hasBearer({ headers }: IncomingMessage, key: string | undefined): boolean {
  const [scheme, secret] = credentials(headers.authorization);
  return scheme === 'bearer' && isKey(secret, key);
}

function credentials(text = ''): readonly [scheme: string, secret: string] {
  const [scheme = '', secret = ''] = text.trim().split(/\s+/);
  return [scheme.toLowerCase(), secret];
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
