import {
  catchError,
  concat,
  concatWith,
  debounceTime,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  merge,
  of,
  startWith,
  Subject,
  take,
  takeUntil,
  takeWhile,
  tap,
  throwError,
  timeout,
  type Observable,
} from 'rxjs';
import type { Configure, ListenEvent } from '../../operators/events.ts';
import { severally } from '../../operators/core/severally.ts';
import { FluxError, SluiceError, WireError } from '../errors.ts';
import type { Frame, Wire } from '../wire/wire.ts';
import { withRequestId } from '../wire/withRequestId.ts';
import { decode, encode, type Decoded } from './fluxCodec.ts';
import { SessionState } from './sessionState.ts';
import { noActiveTurn, unparsableClientMessage } from './messages.ts';
import { isAudio, type Outbox } from './outbox.ts';
import type { CurrentSettings } from './currentSettings.ts';
import { Watchdog } from './watchdog.ts';

/** Timeouts in milliseconds. */
const limits = {
  /** From an open wire to `Connected`: a server that does not know a parameter may send nothing at all. */
  connectedMs: 10_000,
  /** From a `Configure` to its answer. Then the next one is sent. */
  configureMs: 5000,
  /** After the end of the audio: if Flux sends nothing for this long, it has transcribed all it will. */
  quietMs: 1000,
  /** From our `ForceEndTurn` to the `EndOfTurn`. */
  endOfTurnMs: 5000,
  /** From our `CloseStream`, or the last message after it, to the close. */
  closeMs: 5000,
} as const;

/** Flux reports every 0.25 s of audio (docs/wire/flux.md §4.2): with chunks of 80 ms the last part of it may stay unreported. */
const unreportedMs = 250 + 80;

export interface SessionConfig {
  readonly outbox: Outbox;
  readonly settings: CurrentSettings;
  /** The number of this connection in the call, from 0. */
  readonly connection: number;
  readonly onUnknown?: ((frame: Frame) => void) | undefined;
  /** Called after each message of Flux with whether a turn is open. */
  readonly onTurn?: (open: boolean) => void;
}

/**
 * One connection to Flux: sends the outbox after `Connected` and emits Flux's messages as events.
 *
 * After the end of the outbox it closes in three steps: (1) it waits until Flux has transcribed all that was sent, or sends
 * nothing for `quietMs`, because only then is it known whether a turn is open; (2) if one is open, it sends `ForceEndTurn` and
 * waits for any `EndOfTurn`; (3) it sends `CloseStream`. If the turn ended just before our `ForceEndTurn` arrived, the `Warning`
 * about that is dropped. Old versions of Flux fail at `ForceEndTurn`; since all audio was transcribed, that becomes a `Warning`.
 * Completes with the wire.
 */
export function session(wire: Wire, { outbox, settings, connection, onUnknown, onTurn }: SessionConfig): Observable<ListenEvent> {
  return defer(() => {
    const state = new SessionState();
    const changed = new Subject<SessionState>();
    const overdue = new Subject<void>();
    const watchdog = new Watchdog();
    const place = { connection, offsetMs: 0 };
    /** Our own `ForceEndTurn` was sent and may still be answered. */
    let forced = false;
    /** Our `CloseStream` was sent. */
    let closing = false;

    /** Emits after each message of Flux, and completes as soon as the condition holds. */
    const until = (condition: (state: SessionState) => boolean) =>
      changed.pipe(
        startWith(state),
        takeWhile((now) => !condition(now)),
      );
    /** Completes when the condition holds, or with `late` after a time; emits nothing. */
    const within = (first: number, condition: (state: SessionState) => boolean, late: () => Observable<never> = () => EMPTY) =>
      until(condition).pipe(ignoreElements(), timeout({ first, with: late }));

    const connected = within(
      limits.connectedMs,
      ({ requestId }) => requestId !== undefined,
      () => throwError(notConnected),
    );

    const configure = (changes: Configure) =>
      defer(() => {
        const answered = state.configured;
        return concat(
          of(encode(changes)),
          within(limits.configureMs, ({ configured }) => configured > answered),
        );
      });
    const sending = defer(() => {
      watchdog.received();
      place.offsetMs = outbox.rewind();
      const requested = new Subject<Configure>();
      const over = new Subject<void>();
      const frames = concat(settings.forNewConnection(), outbox.sending()).pipe(
        severally((item): readonly Frame[] => {
          if (isAudio(item)) {
            watchdog.sent(item);
            return [item.data];
          }
          if (item.type !== 'Configure') return [encode(item)];
          requested.next(item);
          return [];
        }),
        finalize(() => over.next()),
      );
      return merge(settings.request(requested, configure).pipe(takeUntil(over)), frames);
    });

    const forceEndTurn = defer(() => {
      const { turn } = state.open;
      if (turn === undefined) return EMPTY;
      forced = true;
      return concat(
        of(encode({ type: 'ForceEndTurn' })),
        within(limits.endOfTurnMs, ({ open }) => open.turn !== turn),
      );
    });
    const closed = changed.pipe(
      startWith(state),
      debounceTime(limits.closeMs),
      take(1),
      tap(() => overdue.next()),
      ignoreElements(),
    );
    const shutdown = concat(
      until(({ reachedMs }) => reachedMs + unreportedMs >= outbox.positionMs).pipe(
        timeout({ each: limits.quietMs, with: () => EMPTY }),
        ignoreElements(),
      ),
      forceEndTurn,
      defer(() => {
        closing = true;
        return of(encode({ type: 'CloseStream' }));
      }),
      closed,
    );

    /** The event of a message, or nothing for the `Warning` that our own `ForceEndTurn` came too late. Throws fatal errors. */
    const checked = ({ event }: Decoded): ListenEvent | undefined => {
      const code = 'code' in event ? event.code : undefined;
      if (forced && code === noActiveTurn) {
        forced = false;
        state.open.turn = undefined;
        return undefined;
      }
      if (!(event instanceof FluxError)) return event;
      if (!forced || code !== unparsableClientMessage) throw event;
      closing = true;
      state.open.turn = undefined;
      return {
        type: 'Warning',
        stage: 'listen',
        code,
        message: 'This version of Flux does not know ForceEndTurn: the last turn gets no EndOfTurn.',
      };
    };
    /** Emits first and then acts on the message, because a wire may answer what we send before it returns. */
    const receive = function* (frame: Frame): Iterable<ListenEvent> {
      const decoded = decode(frame, place);
      if (!decoded) {
        onUnknown?.(frame);
        return;
      }
      state.note(decoded);
      watchdog.received();
      outbox.release(state.neededMs);
      if ('type' in decoded.event && decoded.event.type === 'EndOfTurn') outbox.turnEnded();
      if (decoded.configured && 'code' in decoded.event) settings.refused();
      onTurn?.(state.open.turn !== undefined);
      const event = checked(decoded);
      if (event) yield event;
      changed.next(state);
    };
    /** The wire may complete only after our `CloseStream`. */
    const completed = defer(() => (closing ? EMPTY : throwError(closedEarly)));

    return concat(connected, sending, shutdown).pipe(
      wire,
      severally(receive),
      concatWith(completed),
      catchError((error: unknown) =>
        closing && isLost(error) ? EMPTY : throwError(() => withRequestId(error, state.requestId)),
      ),
      takeUntil(overdue),
    );
  });
}

/** A lost connection. After our `CloseStream` nothing more was expected on it. */
const isLost = (error: unknown) => error instanceof SluiceError && error.retryable;

const closedEarly = () =>
  new WireError('closed', 'Flux closed the connection (1000) before the end of the audio.', {
    closeCode: 1000,
    retryable: true,
  });

const notConnected = () =>
  new FluxError(
    'not-connected',
    'Flux accepted the connection but sent no Connected within 10 s. Check that this server knows every option.',
    { retryable: true },
  );
