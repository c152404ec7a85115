import { asyncScheduler, catchError, concat, connect, defer, map, mergeMap, of, retry, tap, throwError } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';
import type { ListenEvent, ListenInput, TurnEvent } from '../../operators/events.ts';
import { isTurnEvent } from '../../operators/orderly.ts';
import { WireError } from '../errors.ts';

/**
 * A recogniser that is connected again when its connection is lost, as a scenario's `drop` does.
 *
 *     first      C-s---#
 *     second            ----C-s-E--
 *     result     C-s---L----(CR)s-E--    L: TurnLost, R: Reconnected
 *
 * The turns of the second connection are named by it (`'1:0'`), and times go on counting from the start of the call. An open
 * turn is `TurnLost`; the rows of the scenario say what is heard of it after that. Errors that no other connection would mend
 * pass.
 */
export function reconnecting(listen: OperatorFunction<ListenInput, ListenEvent>): OperatorFunction<ListenInput, ListenEvent> {
  return (input) => input.pipe(connect((inputs) => defer(() => connections(inputs.pipe(listen)))));
}

function connections(heard: Observable<ListenEvent>): Observable<ListenEvent> {
  const began = asyncScheduler.now();
  const now = () => asyncScheduler.now() - began;
  let connection = 0;
  let lostAt = 0;

  return defer(() => {
    let open: string | undefined;
    return heard.pipe(
      map((event) => (isTurnEvent(event) && connection > 0 ? placed(event, connection, lostAt) : event)),
      tap((event) => {
        if (isTurnEvent(event)) open = event.type === 'EndOfTurn' ? undefined : event.turn;
      }),
      mergeMap((event): ListenEvent[] =>
        event.type === 'Connected' && connection > 0
          ? [event, { type: 'Reconnected', gapMs: now() - lostAt, droppedMs: 0 }]
          : [event],
      ),
      catchError((error: unknown) => {
        const failed = throwError(() => error);
        if (!isLost(error)) return failed;
        connection++;
        lostAt = now();
        return open === undefined ? failed : concat(of<ListenEvent>({ type: 'TurnLost', turn: open }), failed);
      }),
    );
  }).pipe(retry({ delay: (error: unknown) => (isLost(error) ? of(0) : throwError(() => error)) }));
}

const isLost = (error: unknown): boolean => error instanceof WireError && error.retryable;

/** The event of a connection that counts its turns and its time from its own start. */
function placed(event: TurnEvent, connection: number, fromMs: number): TurnEvent {
  return {
    ...event,
    turn: event.turn.replace(/^\d+/, String(connection)),
    audioEndMs: event.audioEndMs + fromMs,
    words: event.words.map(({ from, to, ...word }) => ({
      ...word,
      ...(from !== undefined && { from: from + fromMs }),
      ...(to !== undefined && { to: to + fromMs }),
    })),
  };
}
