import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Frame } from '../../wire/wire.ts';
import { checkKey } from './auth.ts';
import type { Desk, EmulatorEvent } from './emulatorEvents.ts';
import { HangUp, type Far } from './peer.ts';
import type { MarkPlace } from '../faults/farFaults.ts';
import { hitsOf, type Hits } from '../faults/faults.ts';
import { pieces } from '../faults/splitText.ts';
import { refusedBy } from '../faults/refusing.ts';
import { variantOf, type Variant } from '../faults/variant.ts';
import { idle } from './idleTimeout.ts';
import { Refusal } from './query.ts';
import { refuseUpgrade } from './refusals.ts';

/** The largest message taken; a larger one closes with 1009. */
const maxPayload = 1 << 20;

/** A client that does not read is given up when so much waits for it. */
const maxUnread = 8 << 20;

/** A service behind a WebSocket. */
export interface SocketService {
  readonly service: 'listen' | 'speak';
  /** Asked when a fault refuses a connection. */
  readonly markPlace?: MarkPlace | undefined;
  /** The far side for a query, or a `Refusal`. */
  readonly open: (query: URLSearchParams, requestId: string, call: SocketCall) => Far;
}

/** What a far side knows of its connection, and may tell of it. */
export interface SocketCall {
  readonly onClear: () => void;
  readonly onError: (error: unknown) => void;
  /** What goes wrong with it, and how its service is. */
  readonly hits: Hits;
  readonly variant: Partial<Variant>;
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
    { service, open, markPlace }: SocketService,
  ): void {
    const requestId = randomUUID();
    const userAgent = request.headers['user-agent'];
    const tell = (event: Omit<EmulatorEvent, 'at' | 'service'>) => this.#desk.tell({ service, ...event });
    let broken: { readonly error?: string } = {};
    const hits = this.#desk.faults.next(service);
    const variant = variantOf(hits);
    const call: SocketCall = {
      hits,
      variant,
      onClear: () => tell({ kind: 'clear' }),
      onError: (error) => (broken = { error: String(error) }),
    };
    try {
      const refused = refusedBy(hits);
      if (refused) {
        markPlace?.()();
        throw new Refusal(refused.status, refused.code, refused.message, refused.retryAfterMs);
      }
      checkKey(request, this.#desk.key);
      const far = open(query, requestId, call);
      this.#ids.set(request, requestId);
      this.#server.handleUpgrade(request, socket, head, (client) => {
        tell({ kind: 'upgrade', status: 101, ...(userAgent !== undefined && { userAgent }) });
        client.on('close', (status) => tell({ kind: 'close', status, ...broken }));
        const { idleMs = service === 'listen' ? 60_000 : undefined, idleCode } = variant;
        if (idleMs !== undefined) idle(client, idleMs, idleCode).subscribe((out) => hangUp(client, socket, out));
        answer(client, socket, far, sender(client, hits));
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL_SERVER_ERROR', String(error));
      tell({ kind: 'upgrade', status: refusal.status, ...(userAgent !== undefined && { userAgent }) });
      refuseUpgrade(socket, refusal, requestId, service === 'speak' || variant.refusals === 'v1' ? 'v1' : 'v2');
    }
  }

  /** Every socket is ended at once. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}

/** Joins a socket and a far side until one of them hangs up. */
function answer(client: WebSocket, socket: Socket, far: Far, send: (out: Frame) => void): void {
  const answered = framesOf(client)
    .pipe(far)
    .subscribe({
      next: (out) => {
        if (out instanceof HangUp) hangUp(client, socket, out);
        else if (client.bufferedAmount > maxUnread) client.terminate();
        else send(out);
      },
      error: () => client.close(1011, 'NET-0000 internal server error'),
    });
  client.on('close', () => answered.unsubscribe());
  client.on('error', () => client.terminate());
}

/** Sends messages, in fragments where a fault splits them. */
function sender(client: WebSocket, hits: Hits): (out: Frame) => void {
  const splits = hitsOf(hits, 'split');
  return (out) => {
    const split = typeof out === 'string' && splits.find(({ strikes }) => strikes());
    const parts = split ? pieces(out, split.random()) : [out];
    parts.forEach((part, at) => client.send(part, { binary: typeof out !== 'string', fin: at === parts.length - 1 }));
  };
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
  else client.close(code, fitting(reason));
}

/** A close frame has room for so many bytes of a reason; one that is longer would not be sent. */
const mostReason = 123;

function fitting(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > mostReason) text = text.slice(0, -1);
  return text;
}
