import type { DeepgramTransport, DeepgramTransportFactory } from '@deepgram/sdk';
import type { ClientOptions, WebSocket } from 'ws';
import { catchError, defer, mergeMap, Observable, throwError } from 'rxjs';
import { WireError, type WireErrorDetails } from '../errors.ts';
import { carry } from './carry.ts';
import { hiding, type Hiding } from './hiding.ts';
import { refused } from './refusal.ts';
import type { Frame, Wire } from './wire.ts';

export interface DeepgramEndpoint {
  readonly service: 'listen.v2' | 'speak.v1';
  readonly apiKey: string;
  /** `wss://…` or `https://…`; defaults to Deepgram's own. */
  readonly baseUrl?: string;
  /** The query, in Deepgram's snake_case. A list becomes repeated keys; undefined values are left out. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The interval of pings, which keep an idle connection open (Flux drops it after 60 s). Defaults to 20,000. */
  readonly pingMs?: number;
  /** The most that may wait in the socket's buffer. Defaults to 256 KiB. */
  readonly maxBufferedBytes?: number;
}

const goodbyes = { 'listen.v2': 'CloseStream', 'speak.v1': 'Close' } as const;

/**
 * The socket to Deepgram as a `Wire`: Flux (`/v2/listen`) or Aura (`/v1/speak`).
 *
 * `@deepgram/sdk` makes URL, query and authentication. We make the socket and pass it to the SDK as its `transportFactory`: this
 * gives access to the body of a refusal, close codes, pings and the send buffer, and no message is parsed twice. It never
 * reconnects by itself. The SDK is loaded on first use.
 *
 * Completes when Deepgram closes (1000, or 1005: without a code) after our `CloseStream` or `Close`. Every other end is a
 * `WireError`: `invalid` (400, or an invalid address), `unauthorized`, `payment`, `forbidden`, `busy`, `refused`,
 * `unreachable`, `closed`, `stalled`; `retryable` unless a retry would fail the same way.
 */
export function deepgram(endpoint: DeepgramEndpoint): Wire {
  const { service, apiKey, baseUrl, pingMs = 20_000, maxBufferedBytes = 256 * 1024 } = endpoint;
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
        // The SDK calls it within `connection.connect()` and swallows what it throws.
        const transportFactory: DeepgramTransportFactory = (url, headers) => {
          try {
            const socket = open(ws.WebSocket, url, headers);
            subscriber.add(carry(socket, frames, config).subscribe(subscriber));
            return sdkTransport(socket);
          } catch (error) {
            subscriber.error(error);
            throw error;
          }
        };
        return connect(new DeepgramClient({ apiKey, transportFactory, ...(baseUrl !== undefined && { baseUrl }) }), endpoint);
      };
      const next = (connection: Dialable) => {
        subscriber.add(() => connection.close());
        connection.connect();
      };
      const error = (reason: unknown) => subscriber.error(reason);
      subscriber.add(defer(libraries).pipe(mergeMap(dial)).subscribe({ next, error }));
    });
  return (frames) => connection(frames).pipe(catchError((error: unknown) => throwError(() => withoutSecrets(error, hide))));
}

const libraries = () => Promise.all([import('@deepgram/sdk'), import('ws')]);

/** A bundler for browsers replaces `ws` by a function that throws. */
const isNode = ({ WebSocket }: Partial<Libraries[1]>): boolean => WebSocket !== undefined;

const inBrowser =
  'The socket to Deepgram needs Node: a browser cannot send the key in a header. Pass flux() and aura() a wire of your own.';

type Libraries = Awaited<ReturnType<typeof libraries>>;
type Client = InstanceType<Libraries[0]['DeepgramClient']>;

/** A connection of the SDK before it connects. */
interface Dialable {
  readonly connect: () => unknown;
  readonly close: () => void;
}

/** The SDK's types lack some parameters of the service, so all are passed as `queryParams`. */
function connect(client: Client, { service, args }: DeepgramEndpoint): Promise<Dialable> {
  const given = { queryParams: { ...args }, reconnectAttempts: 0 };
  if (service === 'speak.v1') return client.speak.v1.connect(given);
  return client.listen.v2.connect(given as Parameters<Client['listen']['v2']['connect']>[0]);
}

/** `closeTimeout` is not in the types yet: the socket is terminated if our close is not answered within so many ms. */
type SocketOptions = ClientOptions & { readonly closeTimeout: number };

function open(Socket: typeof WebSocket, url: string, headers: Record<string, string>): WebSocket {
  const options: SocketOptions = { headers, perMessageDeflate: false, handshakeTimeout: 10_000, closeTimeout: 500 };
  try {
    return new Socket(url, options);
  } catch (cause) {
    // Neither the address nor the cause is quoted: both may contain a key.
    const what =
      cause instanceof SyntaxError
        ? 'The option baseUrl is not the address of a WebSocket (wss://… or https://…).'
        : 'The key or another option contains characters that cannot be sent.';
    throw new WireError('invalid', what);
  }
}

/** Notifies the SDK when our socket opens. The SDK neither reads from it nor closes it. */
function sdkTransport(socket: WebSocket): DeepgramTransport {
  const ignored = () => undefined;
  return {
    ...{ send: ignored, onMessage: ignored, onError: ignored, onClose: ignored, close: ignored },
    onOpen: (listener) => socket.once('open', listener),
    isOpen: () => socket.readyState === socket.OPEN,
  };
}

/** A copy of the error without the key and without secrets of the address, if it contains any. */
function withoutSecrets(error: unknown, hide: Hiding): unknown {
  if (!(error instanceof Error)) return error;
  const message = hide.in(error.message);
  const { cause } = hide.cause(error.cause);
  if (message === error.message && cause === error.cause && hide.cause(error).cause !== undefined) return error;
  if (!(error instanceof WireError)) return new WireError('invalid', `The connection failed: ${message}`);
  const details: WireErrorDetails = error;
  return new WireError(error.code, message, { ...details, cause });
}
