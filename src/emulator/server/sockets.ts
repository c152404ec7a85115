import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Frame } from '../../wire/wire.ts';
import { checkKey } from './auth.ts';
import type { ServerContext, EmulatorEvent } from './serverContext.ts';
import { HangUp, type Peer } from './peer.ts';
import type { MarkPlace } from '../faults/peerFaults.ts';
import { hitsOf, variantOf, type Hits } from '../faults/faults.ts';
import { pieces } from '../faults/splitText.ts';
import { refusedBy } from '../faults/refusedBy.ts';
import type { Variant } from '../faults/variant.ts';
import { idleTimeout } from './idleTimeout.ts';
import { Refusal } from './query.ts';
import { refuseUpgrade } from './refusals.ts';

/** The largest accepted message. A larger one closes with 1009. */
const maxPayload = 1 << 20;

/** The connection of a client that does not read is ended when this many bytes are buffered. */
const maxUnread = 8 << 20;

/** A service behind a WebSocket. */
export interface SocketService {
  readonly service: 'listen' | 'speak';
  /** Called when a fault refuses a connection. */
  readonly markPlace?: MarkPlace | undefined;
  /** The peer for a query. Throws a `Refusal`. */
  readonly open: (query: URLSearchParams, requestId: string, call: SocketCall) => Peer;
}

/** The connection of a peer: its faults and callbacks. */
export interface SocketCall {
  readonly onClear: () => void;
  readonly onError: (error: unknown) => void;
  readonly hits: Hits;
  readonly variant: Partial<Variant>;
}

/** Answers upgrades: with a socket and a peer behind it, or with a refusal (`dg-request-id`, `dg-error`). */
export class Sockets {
  readonly #server: WebSocketServer;
  readonly #context: ServerContext;
  readonly #ids = new WeakMap<IncomingMessage, string>();

  constructor(context: ServerContext) {
    this.#context = context;
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
    const report = (event: Omit<EmulatorEvent, 'at' | 'service'>) => this.#context.report({ service, ...event });
    let failure: { readonly error?: string } = {};
    const hits = this.#context.faults.next(service);
    const variant = variantOf(hits);
    const call: SocketCall = {
      hits,
      variant,
      onClear: () => report({ kind: 'clear' }),
      onError: (error) => (failure = { error: String(error) }),
    };
    try {
      const refused = refusedBy(hits);
      if (refused) {
        markPlace?.()();
        throw new Refusal(refused.status, refused.code, refused.message, refused.retryAfterMs);
      }
      checkKey(request, this.#context.key);
      const peer = open(query, requestId, call);
      this.#ids.set(request, requestId);
      this.#server.handleUpgrade(request, socket, head, (client) => {
        report({ kind: 'upgrade', status: 101, ...(userAgent !== undefined && { userAgent }) });
        client.on('close', (status) => report({ kind: 'close', status, ...failure }));
        const { idleMs = service === 'listen' ? 60_000 : undefined, idleCode } = variant;
        if (idleMs !== undefined) idleTimeout(client, idleMs, idleCode).subscribe((out) => hangUp(client, socket, out));
        answer(client, socket, peer, sender(client, hits));
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL_SERVER_ERROR', String(error));
      report({ kind: 'upgrade', status: refusal.status, ...(userAgent !== undefined && { userAgent }) });
      refuseUpgrade(socket, refusal, requestId, service === 'speak' || variant.refusals === 'v1' ? 'v1' : 'v2');
    }
  }

  /** Ends all sockets at once. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}

/** Connects a socket and a peer until one of them hangs up. */
function answer(client: WebSocket, socket: Socket, peer: Peer, send: (out: Frame) => void): void {
  const answered = framesOf(client)
    .pipe(peer)
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

/** Sends messages; in fragments if a fault splits them. */
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
    const onMessage = (data: RawData, binary: boolean) =>
      subscriber.next(binary ? (data as Buffer) : (data as Buffer).toString());
    client.on('message', onMessage);
    return () => client.off('message', onMessage);
  });
}

function hangUp(client: WebSocket, socket: Socket, { code, reason }: HangUp): void {
  if (code === 1006) socket.resetAndDestroy();
  else client.close(code, fitting(reason));
}

/** The most bytes of a reason in a close frame. A longer reason would not be sent. */
const longestReason = 123;

function fitting(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > longestReason) text = text.slice(0, -1);
  return text;
}
