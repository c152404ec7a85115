import { Observable, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import { WireError, type WireErrorDetails } from '../errors.ts';
import type { Refusal } from './refusal.ts';
import type { Frame } from './wire.ts';

export interface CarryConfig {
  /** The service's name, for messages. */
  readonly name: string;
  /** The interval of pings while the socket is open. */
  readonly pingMs: number;
  /** A frame that would exceed this in the socket's buffer errors with `stalled`. */
  readonly maxBufferedBytes: number;
  /** Whether the service may close with 1000 or without a code (1005) after this frame. */
  readonly isGoodbye: (frame: Frame) => boolean;
  readonly refused: (refusal: Refusal) => WireError;
}

const bodyLimit = 16 * 1024;
const bodyMs = 1000;

/** Close codes after which a retry would fail the same way (docs/wire/flux.md §8). */
const finalCodes: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008]);

/**
 * Sends and receives frames over a `ws` socket that is still connecting: a `Wire` for one connection.
 *
 * Subscribe in the tick in which the socket was made, or events are missed. Binary frames are views of the socket's own memory.
 * Errors with `WireError`: the result of `refused` for an HTTP answer, `unreachable`, `closed`, `stalled`.
 */
export function carry(socket: WebSocket, frames: Observable<Frame>, config: CarryConfig): Observable<Frame> {
  const { name, pingMs, maxBufferedBytes, isGoodbye, refused } = config;

  return new Observable((subscriber) => {
    let opened = false;
    let goodbye = false;
    let requestId: string | undefined;
    let cause: Error | undefined;

    const send = (frame: Frame) => {
      const waiting = socket.bufferedAmount;
      if (waiting > 0 && waiting + frame.length > maxBufferedBytes) {
        const message = `${name} accepts no more data: ${waiting} bytes are waiting to be sent.`;
        subscriber.error(new WireError('stalled', message, { retryable: true, ...known() }));
        return;
      }
      goodbye ||= isGoodbye(frame);
      socket.send(frame);
    };
    const known = () => (requestId === undefined ? {} : { requestId });

    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      const done = () => subscriber.error(refused({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.setEncoding('utf8').on('data', (part: string) => (body = (body + part).slice(0, bodyLimit)));
      for (const over of ['end', 'error', 'close'] as const) response.on(over, done);
      subscriber.add(timer(bodyMs).subscribe(done));
    });
    socket.on('upgrade', (response) => {
      const id = response.headers['dg-request-id'];
      if (typeof id === 'string') requestId = id;
    });
    socket.on('open', () => {
      opened = true;
      subscriber.add(timer(pingMs, pingMs).subscribe(() => socket.ping()));
      subscriber.add(frames.subscribe({ next: send, error: (error: unknown) => subscriber.error(error) }));
    });
    // `ws` gives Buffers, as its `binaryType` is left alone.
    socket.on('message', (data, isBinary) => subscriber.next(isBinary ? bytes(data as Buffer) : (data as Buffer).toString()));
    // 'close' always follows and has the code.
    socket.on('error', (error) => (cause = error));
    socket.on('close', (code, reason) => {
      if (goodbye && (code === 1000 || code === 1005)) subscriber.complete();
      else if (opened) subscriber.error(closed(name, code, reason.toString(), { cause, ...known() }));
      else subscriber.error(new WireError('unreachable', `No connection to ${name}: ${why(cause)}.`, { retryable: true, cause }));
    });

    // While connecting this aborts the handshake. The socket's `closeTimeout` terminates it if the service does not answer.
    return () => socket.close(1000);
  });
}

/** A plain view of the Buffer, without a copy. */
const bytes = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

function closed(name: string, closeCode: number, reason: string, details: WireErrorDetails): WireError {
  const reported = [closeCode === 1005 ? 'without a code' : String(closeCode), reason].filter(Boolean).join(', ');
  const what = closeCode === 1006 ? `The connection to ${name} was lost (1006).` : `${name} closed the connection (${reported}).`;
  return new WireError('closed', what, { closeCode, retryable: !finalCodes.has(closeCode), ...details });
}

/** The error for a host with several addresses has only a code, no message. */
const why = (error: Error | undefined): string =>
  error?.message || (error as NodeJS.ErrnoException | undefined)?.code || 'it was lost';
