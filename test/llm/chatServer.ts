import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came in: its body, its headers, and what can be answered to it by hand. */
export interface Asked {
  readonly body: Record<string, unknown>;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly answer: ServerResponse;
  /** Resolves once the asker has hung up before the answer was over. */
  readonly hungUp: Promise<void>;
}

/** Chat completions by hand, on loopback: each request goes to the test, which writes the answer as bytes. */
export class ChatServer {
  readonly requests: Asked[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  readonly #server = createServer((request, answer) => void this.#take(request, answer));
  #answer: (asked: Asked) => void = () => undefined;
  #waiting: (() => void)[] = [];

  // eslint-disable-next-line no-restricted-syntax -- a constructor cannot be `#private`
  private constructor() {
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<ChatServer> {
    const server = new ChatServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** What every request is answered from now on. */
  answers(answer: (asked: Asked) => void): void {
    this.#answer = answer;
  }

  /** Resolves once the next request is here. */
  async asked(): Promise<Asked> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.requests.at(-1)!;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const bytes: Buffer[] = [];
    for await (const chunk of request) bytes.push(chunk as Buffer);
    const hungUp = new Promise<void>((resolve) => answer.once('close', () => !answer.writableFinished && resolve()));
    const body = JSON.parse(Buffer.concat(bytes).toString()) as Record<string, unknown>;
    const asked = { body, path: request.url ?? '', headers: request.headers, answer, hungUp };
    this.requests.push(asked);
    this.#answer(asked);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Begins a streamed answer. */
export function begin({ answer }: Asked): ServerResponse {
  answer.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req-1' });
  return answer;
}

/** A refusal in the service's words (docs/wire/openai.md B3). */
export function refuse({ answer }: Asked, status: number, error: object): void {
  answer.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-2' });
  answer.end(JSON.stringify({ error }));
}

export const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
export const doneEvent = 'data: [DONE]\n\n';

const about = { id: 'chatcmpl-Q1', object: 'chat.completion.chunk', created: 1763000000, model: 'gpt-4o-mini-2024-07-18' };

/** One chunk with one choice. */
export function chunk(delta: object, finish_reason: string | null = null): string {
  return event({ ...about, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null, obfuscation: 'kP3' });
}

export const opening = chunk({ role: 'assistant', content: '', refusal: null });
export const token = (content: string): string => chunk({ content });
export const finish = (reason: string): string => chunk({}, reason);
export const usageOf = (prompt_tokens: number, completion_tokens: number): string =>
  event({ ...about, choices: [], usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens } });
