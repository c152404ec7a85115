import { takeWhile, type OperatorFunction } from 'rxjs';
import { WireError } from '../../errors.ts';
import type { Frame, Wire } from '../../wire/wire.ts';

/** The end of a connection by the service. */
export class HangUp {
  /** The close code. Undefined closes without one (the client sees 1005); 1006 is a lost TCP connection. */
  readonly code: number | undefined;
  readonly reason: string;
  /** Whether the client asked for it. */
  readonly agreed: boolean;

  constructor(code: number | undefined, reason = '', agreed = code === 1000) {
    this.code = code;
    this.reason = reason;
    this.agreed = agreed;
  }
}

/**
 * The service's end of a connection: takes the frames of a client and emits those of the service, at last a `HangUp`, after
 * which it completes. It does not complete with its source: a silent client is still connected.
 *
 * Peers implement the protocols once: the server puts one behind each socket, `asWire` runs one in virtual time.
 */
export type Peer = OperatorFunction<Frame, Frame | HangUp>;

/** Closes after which a retry may help (docs/wire/flux.md §8). */
const retryable: readonly number[] = [1005, 1006, 1011, 1012, 1013];

/** Makes a wire of a peer, without a socket. */
export function asWire(peer: Peer): Wire {
  return (frames) =>
    frames.pipe(
      peer,
      takeWhile((out): out is Frame => {
        if (!(out instanceof HangUp)) return true;
        if (out.agreed) return false;
        const { code: closeCode = 1005, reason } = out;
        const message = `The service closed the connection (${closeCode}${reason && `: ${reason}`}).`;
        throw new WireError('closed', message, { closeCode, retryable: retryable.includes(closeCode) });
      }),
    );
}
