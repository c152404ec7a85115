import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Frame } from '../wire/wire.ts';
import { checkKey } from './auth.ts';
import type { Desk, EmulatorEvent } from './events.ts';
import { HangUp, type Far } from './far.ts';
import { idle } from './idle.ts';
import { Refusal } from './query.ts';
import { refuseUpgrade } from './refusals.ts';

/** The largest message taken; a larger one closes with 1009. */
const maxPayload = 1 << 20;

/** A client that does not read is given up when so much waits for it. */
const maxUnread = 16 << 20;

/** A service behind a WebSocket. */
export interface SocketService {
  readonly service: 'listen' | 'speak';
  /** The far side for a query, or a `Refusal`. */
  readonly open: (query: URLSearchParams, requestId: string, call: SocketCall) => Far;
}

/** What a far side may tell of its connection. */
export interface SocketCall {
  readonly onClear: () => void;
  readonly onError: (error: unknown) => void;
}

/** Answers upgrades: a socket with a far side behind it, or a refusal with `dg-request-id` and `dg-error`. */
export class Sockets {
  readonly #server: WebSocketServer;
  readonly #desk: Desk;
  readonly #ids = new WeakMap<IncomingMessage, string>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    this.#server.on('headers', (headers, request) => headers.push(`dg-request-id: ${this.#ids.get(request) ?? ''}`));
  }

  upgrade(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    query: URLSearchParams,
    { service, open }: SocketService,
  ): void {
    const requestId = randomUUID();
    const userAgent = request.headers['user-agent'];
    const tell = (event: Omit<EmulatorEvent, 'at' | 'service'>) => this.#desk.tell({ service, ...event });
    let broken: { readonly error?: string } = {};
    const call: SocketCall = {
      onClear: () => tell({ kind: 'clear' }),
      onError: (error) => (broken = { error: String(error) }),
    };
    try {
      checkKey(request, this.#desk.key);
      const far = open(query, requestId, call);
      this.#ids.set(request, requestId);
      this.#server.handleUpgrade(request, socket, head, (client) => {
        tell({ kind: 'upgrade', status: 101, ...(userAgent !== undefined && { userAgent }) });
        client.on('close', (status) => tell({ kind: 'close', status, ...broken }));
        if (service === 'listen') idle(client).subscribe((out) => hangUp(client, socket, out));
        answer(client, socket, far);
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL_SERVER_ERROR', String(error));
      tell({ kind: 'upgrade', status: refusal.status, ...(userAgent !== undefined && { userAgent }) });
      refuseUpgrade(socket, refusal, requestId, service);
    }
  }

  /** Every socket is ended at once. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}

/** Joins a socket and a far side until one of them hangs up. */
function answer(client: WebSocket, socket: Socket, far: Far): void {
  const answered = framesOf(client)
    .pipe(far)
    .subscribe({
      next: (out) => {
        if (out instanceof HangUp) hangUp(client, socket, out);
        else if (client.bufferedAmount > maxUnread) client.terminate();
        else client.send(out);
      },
      error: () => client.close(1011, 'NET-0000 internal server error'),
    });
  client.on('close', () => answered.unsubscribe());
  client.on('error', () => client.terminate());
}

function framesOf(client: WebSocket): Observable<Frame> {
  return new Observable((subscriber) => {
    const hear = (data: RawData, binary: boolean) => subscriber.next(binary ? (data as Buffer) : (data as Buffer).toString());
    client.on('message', hear);
    return () => client.off('message', hear);
  });
}

function hangUp(client: WebSocket, socket: Socket, { code, reason }: HangUp): void {
  if (code === 1006) socket.resetAndDestroy();
  else client.close(code, reason);
}
