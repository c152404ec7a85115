import { takeWhile, type OperatorFunction } from 'rxjs';
import { WireError } from '../../errors.ts';
import type { Frame, Wire } from '../../wire/wire.ts';

/** How a far side ends a connection. */
export class HangUp {
  /** The close code; undefined closes without one (a client sees 1005), 1006 is a lost TCP connection. */
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
 * The far side of a wire: the frames of a client go in, those of a service come out, at last a `HangUp`, with which it
 * completes. Completion of the source is not an end: a client that says nothing is still there.
 *
 * Far sides are the protocols, once: the server puts one behind each socket, `asWire` runs one in virtual time.
 */
export type Far = OperatorFunction<Frame, Frame | HangUp>;

/** A far side without a socket between. */
export function asWire(far: Far): Wire {
  return (frames) =>
    frames.pipe(
      far,
      takeWhile((out): out is Frame => {
        if (!(out instanceof HangUp)) return true;
        if (out.agreed) return false;
        throw lost(out);
      }),
    );
}

/** Closes after which another attempt may do better (flux.md §8). */
const passing: readonly number[] = [1005, 1006, 1011, 1012, 1013];

function lost({ code = 1005, reason }: HangUp): WireError {
  const why = reason === '' ? '' : `: ${reason}`;
  return new WireError('closed', `The far side closed the connection (${code}${why}).`, {
    closeCode: code,
    retryable: passing.includes(code),
  });
}
