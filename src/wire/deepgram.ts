import type { DeepgramTransport, DeepgramTransportFactory } from '@deepgram/sdk';
import type { ClientOptions, WebSocket } from 'ws';
import { catchError, defer, mergeMap, Observable, throwError } from 'rxjs';
import { WireError } from '../errors.ts';
import { carry } from './carry.ts';
import { hiding, type Hiding } from './hiding.ts';
import { refused } from './refusal.ts';
import type { Frame, Wire } from './wire.ts';

export interface DeepgramFar {
  readonly service: 'listen.v2' | 'speak.v1';
  readonly apiKey: string;
  /** `wss://…` or `https://…`; defaults to Deepgram's own. */
  readonly baseUrl?: string;
  /** The query, in Deepgram's snake_case; a list becomes repeated keys, what is undefined is left out. */
  readonly args: Readonly<Record<string, unknown>>;
  /** How often to ping, so that a silent link is not dropped (Flux: after 60 s). Defaults to 20,000. */
  readonly pingMs?: number;
  /** More than this is never left waiting in the socket. Defaults to 256 KiB. */
  readonly maxBufferedBytes?: number;
}

const goodbyes = { 'listen.v2': 'CloseStream', 'speak.v1': 'Close' } as const;

/**
 * The socket to Deepgram, as a `Wire`: Flux (`/v2/listen`) or Aura (`/v1/speak`).
 *
 * `@deepgram/sdk` makes URL, query and authentication; the socket is ours, given to it as its `transportFactory`, so that
 * a refusal's body, close codes, pings and what waits to be sent are known, and no message is parsed twice. It never
 * reconnects by itself. The SDK is loaded on first use.
 *
 * Completes when Deepgram closes (1000, or 1005: without a code) after our `CloseStream` or `Close`. Every other end is a
 * `WireError`: `invalid` (400, or an address that is none), `unauthorized`, `payment`, `forbidden`, `busy`, `refused`,
 * `unreachable`, `closed`, `stalled`; `retryable` unless the same would only happen again.
 */
export function deepgram(far: DeepgramFar): Wire {
  const { service, apiKey, baseUrl, pingMs = 20_000, maxBufferedBytes = 256 * 1024 } = far;
  const goodbye = new RegExp(`^\\s*\\{\\s*"type"\\s*:\\s*"${goodbyes[service]}"\\s*\\}\\s*$`);
  const config = {
    name: 'Deepgram',
    pingMs,
    maxBufferedBytes,
    isGoodbye: (frame: Frame) => typeof frame === 'string' && goodbye.test(frame),
    refused,
  };

  const hide = hiding(apiKey, baseUrl);

  const connection = (frames: Observable<Frame>) =>
    new Observable<Frame>((subscriber) => {
      const dial = ([{ DeepgramClient }, ws]: Libraries) => {
        if (!isNode(ws)) throw new WireError('invalid', inBrowser);
        // Called by the SDK within `connection.connect()`; it would swallow what is thrown here.
        const transportFactory: DeepgramTransportFactory = (url, headers) => {
          try {
            const socket = open(ws.WebSocket, url, headers);
            subscriber.add(carry(socket, frames, config).subscribe(subscriber));
            return seenBySdk(socket);
          } catch (error) {
            subscriber.error(error);
            throw error;
          }
        };
        return connect(new DeepgramClient({ apiKey, transportFactory, ...(baseUrl !== undefined && { baseUrl }) }), far);
      };
      const dialled = defer(libraries).pipe(mergeMap(dial));
      subscriber.add(
        dialled.subscribe({
          next: (connection) => {
            subscriber.add(() => connection.close());
            connection.connect();
          },
          error: (error: unknown) => subscriber.error(error),
        }),
      );
    });
  return (frames) => connection(frames).pipe(catchError((error: unknown) => throwError(() => cleaned(error, hide))));
}

const libraries = () => Promise.all([import('@deepgram/sdk'), import('ws')]);

/** A bundler for browsers replaces `ws` by a function that throws. */
const isNode = ({ WebSocket }: Partial<Libraries[1]>): boolean => WebSocket !== undefined;

const inBrowser =
  'The socket to Deepgram needs Node, as a browser cannot send the key in a header. Give flux() and aura() a wire of your own.';

type Libraries = Awaited<ReturnType<typeof libraries>>;

type Client = InstanceType<Libraries[0]['DeepgramClient']>;

/** A connection of the SDK that is not yet dialled. */
interface Dialable {
  readonly connect: () => unknown;
  readonly close: () => void;
}

/** The SDK's types name some of the parameters and lag behind the service, so all of them go in as `queryParams`. */
function connect(client: Client, { service, args }: DeepgramFar): Promise<Dialable> {
  const given = { queryParams: { ...args }, reconnectAttempts: 0 };
  if (service === 'speak.v1') return client.speak.v1.connect(given);
  return client.listen.v2.connect(given as Parameters<Client['listen']['v2']['connect']>[0]);
}

/** `closeTimeout` (ms) is young and not yet in the types: how long a peer that does not answer our close is waited for. */
type SocketOptions = ClientOptions & { readonly closeTimeout: number };

function open(Socket: typeof WebSocket, url: string, headers: Record<string, string>): WebSocket {
  const options: SocketOptions = { headers, perMessageDeflate: false, handshakeTimeout: 10_000, closeTimeout: 500 };
  try {
    return new Socket(url, options);
  } catch (cause) {
    // Neither the address nor the cause is repeated: either may hold a key.
    const what =
      cause instanceof SyntaxError
        ? 'The option baseUrl is not an address of a WebSocket.'
        : 'The key or another option has characters that cannot be sent.';
    throw new WireError('invalid', what);
  }
}

/** What the SDK sees of our socket: that it opens. It neither reads from it nor closes it. */
function seenBySdk(socket: WebSocket): DeepgramTransport {
  return {
    send: () => undefined,
    onOpen: (listener) => socket.once('open', listener),
    onMessage: () => undefined,
    onError: () => undefined,
    onClose: () => undefined,
    isOpen: () => socket.readyState === socket.OPEN,
    close: () => undefined,
  };
}

/** Nobody should repeat the key, or an address that holds one; should it be done, it goes no further. */
function cleaned(error: unknown, hide: Hiding): unknown {
  if (!(error instanceof Error)) return error;
  const message = hide.in(error.message);
  const { cause } = hide.cause(error.cause);
  if (message === error.message && cause === error.cause && hide.cause(error).cause !== undefined) return error;
  if (!(error instanceof WireError)) return new WireError('invalid', `The connection could not be made: ${message}`);
  const { code, retryable, requestId, status, closeCode } = error;
  return new WireError(code, message, {
    retryable,
    cause,
    ...(requestId !== undefined && { requestId }),
    ...(status !== undefined && { status }),
    ...(closeCode !== undefined && { closeCode }),
  });
}
