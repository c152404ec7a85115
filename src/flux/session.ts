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
import { maybe } from '../../operators/core/maybe.ts';
import { severally } from '../../operators/core/severally.ts';
import { FluxError, SluiceError, WireError } from '../errors.ts';
import type { Frame, Wire } from '../wire/wire.ts';
import { decode, encode, type Decoded } from './fluxCodec.ts';
import { identified } from './identified.ts';
import { Known } from './sessionState.ts';
import { noActiveTurn, unparsableClientMessage } from './messages.ts';
import { isAudio, type Outbox } from './outbox.ts';
import type { Settings } from './currentSettings.ts';
import { Watchdog } from './watchdog.ts';

/** How long things may take, in milliseconds. */
export const limits = {
  /** From an open wire to `Connected`: a server that does not know a parameter may say nothing at all. */
  connectedMs: 10_000,
  /** From a `Configure` to its answer, before what came meanwhile is sent all the same. */
  configureMs: 5000,
  /** At the end of the audio: without a word from Flux, before it is taken to have transcribed what it will. */
  quietMs: 1000,
  /** From our `ForceEndTurn` to the `EndOfTurn`. */
  endOfTurnMs: 5000,
  /** From our `CloseStream`, or the last word after it, to the close. */
  closeMs: 5000,
} as const;

/** `Update`s come every 0.25 s of audio (docs/flux/state): with a chunk of 80 ms this much is never reported. */
const unreportedMs = 250 + 80;

export interface SessionConfig {
  readonly outbox: Outbox;
  readonly settings: Settings;
  /** The number of this connection in the call, from 0. */
  readonly connection: number;
  readonly onUnknown?: ((frame: Frame) => void) | undefined;
  /** Hears at each word of Flux whether a turn is open. */
  readonly onTurn?: (open: boolean) => void;
}

/**
 * One connection to Flux: what is in the outbox goes out once `Connected` has come; what Flux says comes out as events.
 *
 * The end of the outbox is said in this order: (1) wait until Flux has transcribed what was sent, as far as it reports it, or
 * says nothing for `quietMs`, for whether a turn is open is known no earlier; (2) if one is open, `ForceEndTurn`, and wait
 * for its end, of whatever cause; (3) `CloseStream`. If the turn ended just before our `ForceEndTurn` arrived, the `Warning`
 * about it is ours and is not passed on. Old builds of Flux do not know `ForceEndTurn` and die of it: as everything was said,
 * that is a `Warning`. Completes with the wire.
 */
export function session(wire: Wire, { outbox, settings, connection, onUnknown, onTurn }: SessionConfig): Observable<ListenEvent> {
  return defer(() => {
    const known = new Known();
    const moved = new Subject<Known>();
    const overdue = new Subject<void>();
    const watchdog = new Watchdog();
    const place = { connection, offsetMs: 0 };
    /** Our own `ForceEndTurn` is out and may still be answered; our `CloseStream` is out, all has been said. */
    let forced = false;
    let closing = false;

    /** Completes as soon as the condition holds, having emitted at every word of Flux until then. */
    const until = (condition: (known: Known) => boolean) =>
      moved.pipe(
        startWith(known),
        takeWhile((now) => !condition(now)),
      );
    /** The same in silence, and at the latest when the time is up. */
    const within = (first: number, condition: (known: Known) => boolean, late: () => Observable<never> = () => EMPTY) =>
      until(condition).pipe(ignoreElements(), timeout({ first, with: late }));

    const connected = within(
      limits.connectedMs,
      ({ requestId }) => requestId !== undefined,
      () => throwError(notConnected),
    );

    const configure = (settings: Configure) =>
      defer(() => {
        const answered = known.configured;
        return concat(
          of(encode(settings)),
          within(limits.configureMs, ({ configured }) => configured > answered),
        );
      });
    const talk = defer(() => {
      watchdog.heard();
      place.offsetMs = outbox.rewind();
      const asked = new Subject<Configure>();
      const over = new Subject<void>();
      const frames = concat(settings.renewed(), outbox.sending()).pipe(
        maybe((item): Frame | undefined => {
          if (isAudio(item)) {
            watchdog.sent(item);
            return item.data;
          }
          if (item.type !== 'Configure') return encode(item);
          asked.next(item);
          return undefined;
        }),
        finalize(() => over.next()),
      );
      return merge(settings.asking(asked, configure).pipe(takeUntil(over)), frames);
    });

    const forceEndTurn = defer(() => {
      const { turn } = known.open;
      if (turn === undefined) return EMPTY;
      forced = true;
      return concat(
        of(encode({ type: 'ForceEndTurn' })),
        within(limits.endOfTurnMs, ({ open }) => open.turn !== turn),
      );
    });
    const closed = moved.pipe(
      startWith(known),
      debounceTime(limits.closeMs),
      take(1),
      tap(() => overdue.next()),
      ignoreElements(),
    );
    const farewell = concat(
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

    /** What becomes of a word of Flux when our own `ForceEndTurn` came too late, or was not understood. */
    const forgiven = ({ event }: Decoded): ListenEvent | undefined => {
      const code = 'code' in event ? event.code : undefined;
      if (forced && code === noActiveTurn) {
        forced = false;
        known.open.turn = undefined;
        return undefined;
      }
      if (!(event instanceof FluxError)) return event;
      if (!forced || code !== unparsableClientMessage) throw event;
      closing = true;
      known.open.turn = undefined;
      return {
        type: 'Warning',
        stage: 'listen',
        code,
        message: 'This Flux does not know ForceEndTurn; the last turn has no end.',
      };
    };
    /** First tells, then acts on it: a wire may answer what we send now before it returns. */
    const hear = function* (frame: Frame): Iterable<ListenEvent> {
      const decoded = decode(frame, place);
      if (!decoded) {
        onUnknown?.(frame);
        return;
      }
      known.note(decoded);
      watchdog.heard();
      outbox.release(known.neededMs);
      if ('type' in decoded.event && decoded.event.type === 'EndOfTurn') outbox.ended();
      if (decoded.configured && 'code' in decoded.event) settings.refused();
      onTurn?.(known.open.turn !== undefined);
      const event = forgiven(decoded);
      if (event) yield event;
      moved.next(known);
    };
    /** The wire is over, which is as it should be only after our farewell. */
    const left = defer(() => (closing ? EMPTY : throwError(hungUp)));

    return concat(connected, talk, farewell).pipe(
      wire,
      severally(hear),
      concatWith(left),
      catchError((error: unknown) => (closing && isLost(error) ? EMPTY : throwError(() => identified(error, known.requestId)))),
      takeUntil(overdue),
    );
  });
}

/** A lost connection; after our `CloseStream` there was nothing more to hear on it. */
const isLost = (error: unknown) => error instanceof SluiceError && error.retryable;

const hungUp = () =>
  new WireError('closed', 'Flux closed the connection (1000) before it was told that this is all.', {
    closeCode: 1000,
    retryable: true,
  });

const notConnected = () =>
  new FluxError('not-connected', 'Flux accepted the connection but did not say Connected in 10 s. Is every option known to it?', {
    retryable: true,
  });
