import {
  catchError,
  concat,
  concatMap,
  connect,
  debounceTime,
  defer,
  EMPTY,
  endWith,
  filter,
  ignoreElements,
  map,
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
} from 'rxjs';
import type { Observable } from 'rxjs';
import type { Configure, ListenEvent, ListenInput } from '../../operators/events.ts';
import { FluxError, SluiceError, WireError } from '../errors.ts';
import type { Frame, Wire } from '../wire/wire.ts';
import { decode, encode, type Decoded } from './codec.ts';
import { identified } from './identified.ts';
import { Known } from './known.ts';
import { noActiveTurn, unparsableClientMessage } from './messages.ts';
import { isAudio, type Outbox } from './outbox.ts';
import type { Settings } from './settings.ts';
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
      return concat(settings.renewed(), outbox.sending()).pipe(
        connect((items) => {
          const over = items.pipe(ignoreElements(), endWith(undefined));
          const rest = items.pipe(
            filter((item) => !isConfigure(item)),
            map((item) => {
              if (!isAudio(item)) return encode(item);
              watchdog.sent(item);
              return item.data;
            }),
          );
          return merge(rest, settings.asking(items.pipe(filter(isConfigure)), configure).pipe(takeUntil(over)));
        }),
      );
    });

    const forceEndTurn = defer(() => {
      const { openTurn } = known;
      if (openTurn === undefined) return EMPTY;
      forced = true;
      return concat(
        of(encode({ type: 'ForceEndTurn' })),
        within(limits.endOfTurnMs, (now) => now.openTurn !== openTurn),
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
    const forgive = ({ event }: Decoded): Observable<ListenEvent> => {
      const code = 'code' in event ? event.code : undefined;
      if (forced && code === noActiveTurn) {
        forced = false;
        known.openTurn = undefined;
        return EMPTY;
      }
      if (!(event instanceof FluxError)) return of(event);
      if (!forced || code !== unparsableClientMessage) return throwError(() => event);
      closing = true;
      known.openTurn = undefined;
      return of({
        type: 'Warning',
        stage: 'listen',
        code,
        message: 'This Flux does not know ForceEndTurn; the last turn has no end.',
      });
    };
    const hear = (frame: Frame): Observable<ListenEvent> => {
      const decoded = decode(frame, place);
      if (!decoded) {
        onUnknown?.(frame);
        return EMPTY;
      }
      known.note(decoded);
      watchdog.heard();
      outbox.release(known.neededMs);
      if ('type' in decoded.event && decoded.event.type === 'EndOfTurn') outbox.ended();
      if (decoded.configured && 'code' in decoded.event) settings.refused();
      onTurn?.(known.openTurn !== undefined);
      // First tell, then act on it: a wire may answer what we send now before it returns.
      const act = defer(() => {
        moved.next(known);
        return EMPTY;
      });
      return concat(forgive(decoded), act);
    };

    /** The wire is over, which is as it should be only after our farewell. */
    const left = () => (closing ? EMPTY : throwError(hungUp));

    return concat(connected, talk, farewell).pipe(
      wire,
      endWith<Frame | undefined>(undefined),
      concatMap((frame) => (frame === undefined ? left() : hear(frame))),
      catchError((error: unknown) => (closing && isLost(error) ? EMPTY : throwError(() => identified(error, known.requestId)))),
      takeUntil(overdue),
    );
  });
}

/** A lost connection; after our `CloseStream` there was nothing more to hear on it. */
const isLost = (error: unknown) => error instanceof SluiceError && error.retryable;

const isConfigure = (input: ListenInput): input is Configure => !isAudio(input) && input.type === 'Configure';

const hungUp = () =>
  new WireError('closed', 'Flux closed the connection (1000) before it was told that this is all.', {
    closeCode: 1000,
    retryable: true,
  });

const notConnected = () =>
  new FluxError('not-connected', 'Flux accepted the connection but did not say Connected in 10 s. Is every option known to it?', {
    retryable: true,
  });
