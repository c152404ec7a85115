import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Upgrade {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

/** How an upgrade is not granted. */
export interface Refuse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Leaves the connection open after it. */
  readonly open?: boolean;
}

/** What a test wants to know of a connection, as promises: no test sleeps. */
export interface Call {
  readonly socket: WebSocket;
  /** Text frames as strings, binary ones as bytes, in order. */
  readonly received: (string | Buffer)[];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

/** A WebSocket server on loopback that does only what the test's `onCall` does. It knows nothing of Deepgram. */
export class Server {
  readonly upgrades: Upgrade[] = [];
  readonly calls: Call[] = [];
  onCall: (call: Call) => void = () => undefined;
  onUpgrade: (request: IncomingMessage) => Refuse | 'ignore' | undefined = () => undefined;
  readonly #http = createServer();
  readonly #wss = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<Duplex>();

  constructor() {
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('upgrade', (request, socket, head) => {
      this.upgrades.push({ url: new URL(request.url!, 'ws://here'), headers: request.headers });
      const answer = this.onUpgrade(request);
      if (answer === 'ignore') return;
      if (answer) refuse(socket, answer);
      else this.#wss.handleUpgrade(request, socket, head, (ws) => this.#take(ws));
    });
    this.#wss.on('headers', (headers) => headers.push('dg-request-id: r-1'));
  }

  async start(): Promise<this> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return this;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#http.close();
    await once(this.#http, 'close');
  }

  /** Grants an upgrade by hand, and reads nothing of what follows. */
  accept({ socket, headers }: IncomingMessage): void {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']!}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
  }

  /** The next connection, from now on. */
  nextCall(): Promise<Call> {
    return new Promise((resolve) => {
      this.onCall = resolve;
    });
  }

  #take(socket: WebSocket): void {
    const received: (string | Buffer)[] = [];
    socket.on('message', (data: Buffer, isBinary) => received.push(isBinary ? data : data.toString()));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const call = { socket, received, closed };
    this.calls.push(call);
    this.onCall(call);
  }
}

function refuse(socket: Duplex, { status, headers = {}, body = '', open = false }: Refuse): void {
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers });
  const answer = `HTTP/1.1 ${status} No\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
  if (open) socket.write(answer);
  else socket.end(answer);
}
