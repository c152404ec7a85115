import { catchError, concat, defer, filter, merge, Observable, of, retry, tap, throwError, timer } from 'rxjs';
import type { Speak } from '../../operators/events.ts';
import { SluiceError, WireError } from '../errors.ts';
import { deepgram } from '../wire/deepgram.ts';
import type { Wire } from '../wire/wire.ts';
import { Line } from './line.ts';
import { Voice } from './voice.ts';

export interface AuraOptions {
  /** The key of Deepgram. Required, unless a wire is given. */
  readonly apiKey?: string;
  /** Defaults to Deepgram's own. */
  readonly baseUrl?: string;
  /** The full name of the voice. Defaults to `aura-2-phoebe-en`. */
  readonly voice?: string;
  /** 8000, 16000, 24000, 32000 or 48000. Defaults to 16000. The sound is `linear16`. */
  readonly sampleRateHz?: number;
  /** 0.7 to 1.5; English and Spanish voices only. Not sent unless set; the service's default is 1. */
  readonly speed?: number;
  /** Keeps the call out of Deepgram's model improvement. Not sent unless set; the service's default is false. */
  readonly mipOptOut?: boolean;
  /** How long a cut may stay unconfirmed before the socket is replaced. Defaults to 1500. */
  readonly clearedWithinMs?: number;
  /** Hears of messages that are not known, and of warnings that come while nothing is said. What it throws ends the voice. */
  readonly onUnknown?: (message: unknown) => void;
}

/** So often a socket is tried again, until one brings audio: at once, then after 250 ms, and twice as long each time. */
const RETRIES = 6;
const RETRY_MS = 250;

/**
 * Deepgram's Aura (`/v1/speak`) as the voice of a call: one socket, open from subscription to unsubscription. It emits a
 * `Speak` at once (what is said before the socket is open waits), and a new one for each socket that takes its place.
 *
 *     aura        S--------------------     S: a Speak
 *
 *     sentences   a--b---c|                 one reply, said with it
 *     sent        A-------(BC)              Speak and Flush: the first at once, more when little is left to play, the
 *     received    --x-x-F-----y-y-F         rest at the end. F: Flushed
 *     result      A-x-x-0-----y-y-0|        A: Spent, x: Speech with the text of all that was flushed with it,
 *                                           0: an empty chunk, which is its segment's `last`
 *
 * A draft (`settled` has not emitted) leaves 8 of the 20 flushes a minute alone; who finds none waits. Unsubscribing throws
 * away what is on its way, and no byte of it reaches the next reply. A sentence without spoken words adds its text to the
 * next one. Completes once all is said; a reply errors with the socket it was said on (`WireError`, with the connection's
 * `requestId`), and the next one gets a new socket. If a cut is not confirmed in time, the socket is replaced and what was
 * not yet audible said again, after a recovered `Failure` with the code `lost-track`.
 *
 * Errors with `WireError` when a socket is refused for good (`unauthorized`, `payment`, `forbidden`, `invalid`) or could not be
 * had six times in a row.
 */
export function aura(options: AuraOptions = {}, wire: Wire = toDeepgram(options)): Observable<Speak> {
  const { sampleRateHz = 16_000, clearedWithinMs = 1500, onUnknown = () => undefined } = options;

  return new Observable((call) => {
    const voice = new Voice(sampleRateHz, onUnknown);

    const socket = defer(() => {
      const line = new Line(voice, clearedWithinMs);
      voice.line = line;
      call.next((on) => voice.speak(on));
      return merge(line.abandoned, concat(line.frames.pipe(wire), throwError(hungUp))).pipe(
        tap((frame) => line.take(frame)),
        catchError((reason: unknown) => {
          const error = withRequestId(reason, line.requestId);
          voice.lost(error);
          return throwError(() => error);
        }),
      );
    });
    const sockets = socket.pipe(
      filter((frame) => typeof frame !== 'string'), // audio, the proof that a socket is of use
      retry({ count: RETRIES, resetOnSuccess: true, delay: waitToRetry }),
    );

    call.add(
      sockets.subscribe({
        error: (error: unknown) => {
          voice.close(error);
          call.error(error);
        },
      }),
    );
    return () => voice.close();
  });
}

function toDeepgram({ apiKey, baseUrl, voice = 'aura-2-phoebe-en', sampleRateHz = 16_000, speed, mipOptOut }: AuraOptions): Wire {
  if (!apiKey) return () => throwError(() => new WireError('unauthorized', 'aura() has no key: give it the option apiKey.'));
  return deepgram({
    service: 'speak.v1',
    apiKey,
    ...(baseUrl !== undefined && { baseUrl }),
    args: { model: voice, encoding: 'linear16', sample_rate: sampleRateHz, speed, mip_opt_out: mipOptOut },
  });
}

function waitToRetry(error: unknown, attempt: number): Observable<unknown> {
  if (isFinal(error)) return throwError(() => error);
  return attempt === 1 ? of(0) : timer(RETRY_MS * 2 ** (attempt - 2));
}

/** A refused upgrade that would only be refused again, or no error of a wire at all. A socket that was closed can be replaced. */
function isFinal(error: unknown): boolean {
  const closed = error instanceof WireError && error.closeCode !== undefined;
  return !closed && !(error instanceof SluiceError && error.retryable);
}

function hungUp(): WireError {
  return new WireError('closed', 'Deepgram closed the connection of the voice.', { retryable: true });
}

/** The socket's own errors know the id of the upgrade at best; `Metadata` says it in any case. */
function withRequestId(error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof WireError) || error.requestId !== undefined || requestId === undefined) return error;
  const { code, message, retryable, status, closeCode, cause } = error;
  return new WireError(code, message, {
    retryable,
    requestId,
    cause,
    ...(status !== undefined && { status }),
    ...(closeCode !== undefined && { closeCode }),
  });
}
