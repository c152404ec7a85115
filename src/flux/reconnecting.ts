import { asyncScheduler, defer, type Observable } from 'rxjs';
import type { Connected, ListenEvent, Reconnected } from '../../operators/events.ts';
import { noting } from '../../operators/core/noting.ts';
import { isTurnEvent } from '../../operators/turns/orderly.ts';
import { severally } from '../../operators/core/severally.ts';
import { toFailure } from '../errors.ts';
import { reconnect } from '../wire/reconnect.ts';
import { OpenTurn } from './openTurn.ts';

export interface ReconnectingConfig {
  /** How much audio nobody has heard, asked when another connection stands. Defaults to none. */
  readonly lostMs?: () => number;
  /** Chance, 0 to 1. Defaults to `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Connects again when a connection is lost, as one recogniser.
 *
 *     first      C-s-u-#
 *     second            C-s-u-E--
 *     result     C-s-u-(FL)(CR)s-u-E--     F: Failure, recovered · L: TurnLost · R: Reconnected
 *
 * Attempts count anew when Flux says something of a turn in audio that no connection had come to.
 *
 * The turn that was open is `TurnLost`; the next connection hears it again and names it anew. Errors that another connection
 * would not mend pass, and so does the last one when there is none to be had (`reconnect`).
 *
 * @param connect makes a connection, counted from 0: its turns are named by it
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

    const introduced = (event: Connected): readonly (Connected | Reconnected)[] => {
      if (lostAt === undefined) return [event];
      const gapMs = asyncScheduler.now() - lostAt;
      lostAt = undefined;
      return [event, { type: 'Reconnected', gapMs, droppedMs: lostMs() }];
    };
    /** Else audio that Flux cannot bear would be sent to it for ever, each time as the first attempt. */
    const isProgress = (event: ListenEvent): boolean => {
      if (!isTurnEvent(event) || event.audioEndMs <= reachedMs) return false;
      reachedMs = event.audioEndMs;
      return true;
    };
    return noting<ListenEvent>((note) =>
      defer(() => connect(connection)).pipe(
        severally((event): readonly ListenEvent[] => {
          if (isTurnEvent(event)) open.note(event);
          return event.type === 'Connected' ? introduced(event) : [event];
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
