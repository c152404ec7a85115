import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from './query.ts';

/** Refuses an upgrade as Deepgram does: with the reason in `dg-error` and in the body. The body's shape depends on service and status. */
export function refuseUpgrade(socket: Socket, refusal: Refusal, requestId: string, shape: 'v1' | 'v2'): void {
  const { status, code, message, retryAfterMs } = refusal;
  const body =
    shape === 'v2' && status === 400
      ? { code, description: message, request_id: requestId }
      : { err_code: code, err_msg: message, request_id: requestId };
  endUpgrade(socket, status, JSON.stringify(body), [
    `dg-request-id: ${requestId}`,
    `dg-error: ${printable(message)}`,
    ...(retryAfterMs === undefined ? [] : [`retry-after: ${Math.ceil(retryAfterMs / 1000)}`]),
  ]);
}

/** Ends an upgrade with an HTTP answer. */
export function endUpgrade(socket: Socket, status: number, body: string, headers: readonly string[] = []): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Text from a query must not break out of a header. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
