import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { asyncScheduler, Subject, type Observable } from 'rxjs';
import { SluiceError } from '../../errors.ts';
import type { Backend } from '../backend.ts';
import { chat, models } from '../chat/chat.ts';
import { sendJson } from '../chat/chatAnswer.ts';
import { ChatError } from '../chat/chatRequest.ts';
import type { ServerContext, EmulatorEvent } from './serverContext.ts';
import type { Fault } from '../faults/fault.ts';
import { Faults } from '../faults/faults.ts';
import { isLoopback } from './auth.ts';
import { control } from './control.ts';
import { endUpgrade } from './refusals.ts';
import { servicesOf } from './services.ts';
import { Sockets } from './sockets.ts';

export type EmulatorOptions = BackendOption & {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The only accepted key. Default: any key that is not empty. */
  readonly key?: string;
  /** Faults, in addition to those of the backend's scenario. */
  readonly faults?: readonly Fault[];
  /** The seed of the faults' random numbers. Default: the scenario's, else 1. */
  readonly seed?: number;
  /** Serves `/faults`, where faults can be set. Default false. */
  readonly control?: boolean;
};

/** `backend` recognises, thinks and speaks; the emulator closes it. */
type BackendOption =
  | { readonly backend: Backend }
  | {
      /** @deprecated The old name of `backend`. */
      readonly mind: Backend;
    };

export interface Emulator {
  /** `ws://127.0.0.1:PORT`: the base for `/v2/listen` and `/v1/speak`. */
  readonly deepgramUrl: string;
  /** `http://127.0.0.1:PORT/v1`: the base for `/chat/completions`. */
  readonly openaiUrl: string;
  readonly port: number;
  /** The actions of clients. Hot; completes on `close`. */
  readonly events: Observable<EmulatorEvent>;
  /** Ends all connections at once and closes the backend. Then the process can exit. */
  readonly close: () => Promise<void>;
}

/**
 * Serves Flux, Aura and OpenAI's chat completions on the loopback, with one backend behind all three.
 *
 * Rejects with a `SluiceError` (`port-taken`) if another server listens on the port. Refuses requests with 403 if their `Host` is
 * not the loopback.
 */
export async function emulator({ port = 0, key, ...options }: EmulatorOptions): Promise<Emulator> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the old name still works
  const backend = 'backend' in options ? options.backend : options.mind;
  const began = asyncScheduler.now();
  const events = new Subject<EmulatorEvent>();
  const faults = new Faults([...(backend.faults ?? []), ...(options.faults ?? [])], options.seed ?? backend.seed);
  const context: ServerContext = { key, faults, report: (event) => events.next({ ...event, at: asyncScheduler.now() - began }) };
  const sockets = new Sockets(context);
  const services = servicesOf(backend);

  const server = createServer((request, response) => respond(request, response, backend, context, options.control ?? false));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = urlOf(request);
    const service = services[pathname];
    if (!isLoopback(request.headers.host)) endUpgrade(socket, 403, JSON.stringify(notLoopback));
    else if (!service) endUpgrade(socket, 404, JSON.stringify(nothingHere));
    else sockets.upgrade(request, socket, head, searchParams, service);
  });
  const boundPort = await listenOn(server, port);

  return {
    deepgramUrl: `ws://127.0.0.1:${boundPort}`,
    openaiUrl: `http://127.0.0.1:${boundPort}/v1`,
    port: boundPort,
    events: events.asObservable(),
    close: async () => {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      events.complete();
      await backend.close();
    },
  };
}

const notLoopback = new ChatError(403, 'This server answers only on the loopback.').body;
const nothingHere = new ChatError(404, 'Nothing is served here.').body;

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  backend: Backend,
  context: ServerContext,
  controlled: boolean,
): void {
  const { pathname } = urlOf(request);
  if (!isLoopback(request.headers.host)) sendJson(response, 403, notLoopback);
  else if (pathname === '/v1/chat/completions') void chat(request, response, backend, context);
  else if (pathname === '/v1/models') models(request, response, context);
  else if (pathname === '/faults' && controlled) void control(request, response, context.faults);
  else sendJson(response, 404, nothingHere);
}

function urlOf(request: IncomingMessage): URL {
  const target = `http://127.0.0.1${request.url ?? '/'}`;
  return new URL(URL.canParse(target) ? target : 'http://127.0.0.1/');
}

/** Resolves to the port once the server listens on it. */
async function listenOn(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw new SluiceError('port', `Cannot listen on port ${port}: ${message}`, { cause });
    throw new SluiceError('port-taken', `Port ${port} is taken. Choose another one, or 0 for any.`, { cause });
  }
  return (server.address() as AddressInfo).port;
}
