import { asyncScheduler, defer, type Observable } from 'rxjs';
import type { Connected, ListenEvent, Reconnected } from '../../operators/events.ts';
import { noting } from '../../operators/core/noting.ts';
import { isTurnEvent } from '../../operators/turns/orderly.ts';
import { severally } from '../../operators/core/severally.ts';
import { toFailure } from '../errors.ts';
import { reconnect } from '../wire/reconnect.ts';
import { OpenTurn } from './openTurn.ts';

export interface ReconnectingConfig {
  /** The length of the audio that no connection received; called after each reconnect. Defaults to 0. */
  readonly lostMs?: () => number;
  /** A random number from 0 to 1. Defaults to `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Joins connections into one recogniser: when one is lost, it opens the next.
 *
 *     first      C-s-u-#
 *     second            C-s-u-E--
 *     result     C-s-u-(FL)(CR)s-u-E--     F: Failure, recovered · L: TurnLost · R: Reconnected
 *
 * An open turn becomes `TurnLost`; the next connection gets its audio again and gives it another name. Errors that another
 * connection would repeat pass, and so does the last error after too many retries (`reconnect`). Retries count from 0 again when
 * a turn event shows that Flux has come further in the audio than any connection before.
 *
 * @param connect opens a connection; its number, from 0, is part of the names of its turns
 */
export function reconnecting(
  connect: (connection: number) => Observable<ListenEvent>,
  { lostMs = () => 0, random }: ReconnectingConfig = {},
): Observable<ListenEvent> {
  return defer(() => {
    let connection = 0;
    let open = new OpenTurn();
    let lostAt: number | undefined;
    let reachedMs = 0;

    const connectedEvents = (event: Connected): readonly (Connected | Reconnected)[] => {
      if (lostAt === undefined) return [event];
      const gapMs = asyncScheduler.now() - lostAt;
      lostAt = undefined;
      return [event, { type: 'Reconnected', gapMs, droppedMs: lostMs() }];
    };
    /** Otherwise audio that makes Flux fail would be sent again and again, each time as a first attempt. */
    const isProgress = (event: ListenEvent): boolean => {
      if (!isTurnEvent(event) || event.audioEndMs <= reachedMs) return false;
      reachedMs = event.audioEndMs;
      return true;
    };
    return noting<ListenEvent>((note) =>
      defer(() => connect(connection)).pipe(
        severally((event): readonly ListenEvent[] => {
          if (isTurnEvent(event)) open.note(event);
          return event.type === 'Connected' ? connectedEvents(event) : [event];
        }),
        reconnect<ListenEvent>({
          ...(random && { random }),
          proof: isProgress,
          lost: (error) => {
            connection++;
            lostAt ??= asyncScheduler.now();
            note(toFailure('listen', error, true));
            if (open.turn !== undefined) note({ type: 'TurnLost', turn: open.turn });
            open = new OpenTurn();
          },
        }),
      ),
    );
  });
}
