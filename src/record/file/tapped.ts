import { defer, tap } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';

/** Callbacks for the connections of a wire, which are counted from 0. */
export interface WireListener {
  readonly dialled: (connection: number) => void;
  readonly opened: (connection: number) => void;
  readonly sent: (connection: number, frame: Frame) => void;
  readonly got: (connection: number, frame: Frame) => void;
  /** `left`: we unsubscribed. */
  readonly closed: (connection: number, how: { readonly left?: true; readonly error?: unknown }) => void;
}

/**
 * Calls a listener for everything that happens on a wire. Each subscription is a connection.
 *
 *     frames     --a-----b---
 *     wire       -o--x-y---#       o: subscribes to the frames
 *     calls      do-sg-g-s-c       d: dialled, o: opened, s: sent, g: got, c: closed, with the error
 *
 * The listener is called with a frame before the frame is passed on.
 */
export function tapped(wire: Wire, listener: WireListener): Wire {
  let connections = 0;
  return (frames) =>
    defer(() => {
      const connection = connections++;
      listener.dialled(connection);
      const sent = defer(() => {
        listener.opened(connection);
        return frames.pipe(tap((frame) => listener.sent(connection, frame)));
      });
      return sent.pipe(
        wire,
        tap({
          next: (frame) => listener.got(connection, frame),
          error: (error: unknown) => listener.closed(connection, { error }),
          complete: () => listener.closed(connection, {}),
          unsubscribe: () => listener.closed(connection, { left: true }),
        }),
      );
    });
}
