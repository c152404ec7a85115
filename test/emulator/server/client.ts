import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import {
  emulator,
  scripted,
  type Emulator,
  type EmulatorEvent,
  type Backend,
  type Scenario,
} from '../../../src/emulator/index.ts';

export type Json = Record<string, unknown>;

/** An emulator for one test, with all its events. */
export async function serve(
  played: Scenario | Backend,
  key?: string,
): Promise<Emulator & { readonly reported: EmulatorEvent[] }> {
  const backend = 'listen' in played ? played : scripted(played);
  const server = await emulator({ backend, ...(key !== undefined && { key }) });
  const reported: EmulatorEvent[] = [];
  server.events.subscribe((event) => reported.push(event));
  onTestFinished(() => server.close());
  return { ...server, reported };
}

/** A WebSocket that keeps its messages: texts as JSON, audio as bytes, in the order of arrival. */
export class Client {
  readonly socket: WebSocket;
  readonly received: (Json | Buffer)[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #upgrade: IncomingMessage | undefined;
  #heard: () => void = () => undefined;

  constructor(url: string, protocols: string[] = [], options: ClientOptions = { headers: { authorization: 'Token secret' } }) {
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on('upgrade', (response) => (this.#upgrade = response));
    this.socket.on('message', (data: Buffer, binary) => {
      this.received.push(binary ? data : (JSON.parse(data.toString()) as Json));
      this.#heard();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#heard();
      });
    });
  }

  get texts(): Json[] {
    return this.received.filter((one): one is Json => !Buffer.isBuffer(one));
  }

  get audio(): Buffer {
    return Buffer.concat(this.received.filter((one) => Buffer.isBuffer(one)));
  }

  /** The headers of the accepted upgrade. */
  get headers(): IncomingHttpHeaders {
    return this.#upgrade?.headers ?? {};
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(...frames: (Json | Uint8Array | string)[]): void {
    for (const frame of frames) {
      this.socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
    }
  }

  /** Waits until this many texts match. */
  async until(fits: (text: Json) => boolean, count = 1): Promise<Json> {
    for (;;) {
      const fitting = this.texts.filter(fits);
      const last = fitting[count - 1];
      if (last) return last;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before it came: ${JSON.stringify(this.texts)}`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }
}

/** The refusal of an upgrade. */
export function refusal(
  url: string,
  headers: Record<string, string> = { authorization: 'Token secret' },
  protocols: string[] = [],
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Json }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('error', reject);
    socket.on('open', () => {
      socket.close();
      reject(new Error(`not refused: ${url}`));
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(body) as Json }),
      );
    });
  });
}

/** Silence of this many milliseconds, 16 kHz `linear16`. */
export function silence(ms: number): Uint8Array {
  return new Uint8Array(ms * 32);
}

/** A row with a message about a turn. */
export function turnRow(at: number, event: string, transcript: string, turn_index = 0, more: Json = {}) {
  return { at, message: { type: 'TurnInfo', event, turn_index, transcript, ...more } } as const;
}
