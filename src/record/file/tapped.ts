import { defer, tap } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';

/** Hears what becomes of the connections of a wire; they are counted from 0. */
export interface WireTap {
  readonly dialled: (connection: number) => void;
  readonly opened: (connection: number) => void;
  readonly sent: (connection: number, frame: Frame) => void;
  readonly got: (connection: number, frame: Frame) => void;
  /** It is over; with an error, or because we left. */
  readonly closed: (connection: number, how: { readonly left?: true; readonly error?: unknown }) => void;
}

/**
 * The same wire, heard: each subscription is a connection.
 *
 *     frames     --a-----b---
 *     wire       -o--x-y---#       o: it subscribes to the frames
 *     told       do-sg-g-s-c       d: dialled, o: opened, s: sent, g: got, c: closed, with the error
 *
 * A frame is told of before it goes on, so that what it leads to comes after it.
 */
export function tapped(wire: Wire, hear: WireTap): Wire {
  let connections = 0;
  return (frames) =>
    defer(() => {
      const connection = connections++;
      hear.dialled(connection);
      const sent = defer(() => {
        hear.opened(connection);
        return frames.pipe(tap((frame) => hear.sent(connection, frame)));
      });
      return sent.pipe(
        wire,
        tap({
          next: (frame) => hear.got(connection, frame),
          error: (error: unknown) => hear.closed(connection, { error }),
          complete: () => hear.closed(connection, {}),
          unsubscribe: () => hear.closed(connection, { left: true }),
        }),
      );
    });
}
