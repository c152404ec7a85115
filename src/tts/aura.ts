import {
  catchError,
  concat,
  defer,
  distinct,
  filter,
  identity,
  map,
  Observable,
  repeat,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import type { Speak } from '../../operators/events.ts';
import { SluiceError, WireError } from '../errors.ts';
import { deepgram } from '../wire/deepgram.ts';
import { reconnect } from '../wire/reconnect.ts';
import type { Wire } from '../wire/wire.ts';
import { Line } from './auraSocket.ts';
import { Voice } from './auraVoice.ts';

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
  /** How long nothing may come, while there is something to be said, before the socket is replaced. Defaults to 5000. */
  readonly answeredWithinMs?: number;
  /** Chance, from 0 to 1, for the waits between sockets. Defaults to `Math.random`. */
  readonly random?: () => number;
  /** Stands around the wire, whichever it is: to record it. */
  readonly tap?: (wire: Wire) => Wire;
  /** Hears of messages that are not known, and of warnings that come while nothing is said. What it throws ends the voice. */
  readonly onUnknown?: (message: unknown) => void;
}

/** A socket lives 60 minutes at the most (aura-and-openai.md A4). Once it is this old the next pause is used to replace it. */
const ROLL_MS = 55 * 60_000;

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
 * next one. Completes once all is said.
 *
 * A socket that is lost, that does not answer, or that does not confirm a cut, is replaced (`reconnect`), and so is one that
 * comes near the limit of 60 minutes, when nothing is being said. What was spent of flushes and characters stays spent. A
 * reply goes on with the new one:
 *
 *     sockets     --x-x-F--#                the second segment is not yet audible
 *                           ----y-y-F
 *     result      A-x-x-0--f----y-y-0|      f: a recovered `Failure`, with the connection's `requestId`
 *
 * Of sentences that were flushed together those that had not begun to sound are said again; the chunk that ends the others is
 * `brokenOff`. It is done once: a reply that loses the same sentence twice errors with the second socket's error, and a draft
 * whose sound breaks off errors at once. A `Failure` while nothing is said is told by the next reply.
 *
 * A text with words that comes back without sound errors its reply with `VoiceError` (`no-audio`): nothing that follows could be heard
 * in its place.
 *
 * Errors with `WireError` when a socket is refused for good (any 4xx but 429) or could not be had six times in a row, and so do
 * the replies of the moment.
 */
export function aura(options: AuraOptions = {}, wire: Wire = toDeepgram(options)): Observable<Speak> {
  const { sampleRateHz = 16_000, clearedWithinMs = 1500, answeredWithinMs = 5000, random } = options;
  const { tap = identity, onUnknown = () => undefined } = options;

  return new Observable((call) => {
    const voice = new Voice(sampleRateHz, onUnknown);
    const far = tap(wire);

    const socket = defer(() => {
      const line = new Line(voice, { clearedWithinMs, answeredWithinMs });
      voice.dial(line);
      call.next((on) => voice.speak(on));
      return concat(line.frames.pipe(far), throwError(hungUp)).pipe(
        takeUntil(line.abandoned),
        map((frame) => line.take(frame)),
        distinct(), // that a socket is of use it proves once
        catchError((reason: unknown) => {
          const error = withRequestId(reason, line.requestId);
          voice.lost(error);
          return throwError(() => error);
        }),
        takeUntil(timer(ROLL_MS).pipe(switchMap(() => voice.resting.pipe(filter(Boolean))))),
      );
    });
    const sockets = socket.pipe(
      reconnect({ proof: (proves) => proves, isFinal, ...(random && { random }) }),
      repeat(), // it is time for another one
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
