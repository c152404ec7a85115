import { Observable, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import { WireError } from '../errors.ts';
import type { Refusal } from './refusal.ts';
import type { Frame } from './wire.ts';

export interface CarryConfig {
  /** Who is at the far end, for messages. */
  readonly name: string;
  /** A ping goes out this often while the socket is open. */
  readonly pingMs: number;
  /** More than this is never left waiting in the socket: the next frame errors with `stalled`. */
  readonly maxBufferedBytes: number;
  /** The frame after which the far side may close with 1000, or without a code (1005). */
  readonly isGoodbye: (frame: Frame) => boolean;
  readonly refused: (refusal: Refusal) => WireError;
}

const bodyLimit = 16 * 1024;
const bodyMs = 1000;

/** Close codes after which the same thing would only happen again (flux.md §8). */
const finalCodes: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008]);

/**
 * Carries frames over a `ws` socket that is still connecting: a `Wire` (see there) for one connection.
 *
 * It must be subscribed in the tick in which the socket was made, or events are missed. Binary frames come as views on
 * the socket's own memory. Errors are `WireError`s: what `refused` makes of an HTTP answer, `unreachable`, `closed`,
 * `stalled`.
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
        subscriber.error(
          new WireError('stalled', `${name} takes no more data: ${waiting} bytes wait.`, { retryable: true, ...known() }),
        );
        return;
      }
      goodbye ||= isGoodbye(frame);
      socket.send(frame);
    };
    const known = () => (requestId === undefined ? {} : { requestId });

    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      const done = () => {
        subscriber.error(refused({ status: response.statusCode ?? 0, headers: response.headers, body }));
      };
      response.setEncoding('utf8').on('data', (part: string) => {
        body = (body + part).slice(0, bodyLimit);
      });
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
    // 'close' always follows, and knows the code.
    socket.on('error', (error) => (cause = error));
    socket.on('close', (code, reason) => {
      if (goodbye && (code === 1000 || code === 1005)) subscriber.complete();
      else if (opened) subscriber.error(closed(name, code, reason.toString(), { cause, ...known() }));
      else subscriber.error(new WireError('unreachable', `No connection to ${name}: ${why(cause)}.`, { retryable: true, cause }));
    });

    // While connecting this ends the handshake; a far side that does not answer is cut off by the socket's `closeTimeout`.
    return () => socket.close(1000);
  });
}

/** A plain view on the Buffer: nothing is copied, and none of its other methods is promised. */
const bytes = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

function closed(
  name: string,
  closeCode: number,
  reason: string,
  details: { cause: Error | undefined; requestId?: string },
): WireError {
  const said = [closeCode === 1005 ? 'without a code' : String(closeCode), reason].filter(Boolean).join(', ');
  const what = closeCode === 1006 ? `The connection to ${name} was lost (1006).` : `${name} closed the connection (${said}).`;
  return new WireError('closed', what, { closeCode, retryable: !finalCodes.has(closeCode), ...details });
}

/** A host with several addresses fails with an error that has no message of its own, only a code. */
const why = (error: Error | undefined): string =>
  error?.message || (error as NodeJS.ErrnoException | undefined)?.code || 'it was lost';
