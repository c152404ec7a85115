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
import { withRequestId } from '../wire/withRequestId.ts';
import { AuraSocket } from './auraSocket.ts';
import { AuraVoice } from './auraVoice.ts';

export interface AuraOptions {
  /** The key of Deepgram. Required, unless a wire is given. */
  readonly apiKey?: string;
  /** Defaults to Deepgram's address. */
  readonly baseUrl?: string;
  /** The full name of the voice. Defaults to `aura-2-phoebe-en`. */
  readonly voice?: string;
  /** 8000, 16000, 24000, 32000 or 48000. Defaults to 16000. The audio is `linear16`. */
  readonly sampleRateHz?: number;
  /** 0.7 to 1.5; English and Spanish voices only. Not sent unless set; the service's default is 1. */
  readonly speed?: number;
  /** Keeps the call out of Deepgram's model improvement. Not sent unless set; the service's default is false. */
  readonly mipOptOut?: boolean;
  /** The socket is replaced if it does not confirm a `Clear` within this time. Defaults to 1500. */
  readonly clearedWithinMs?: number;
  /** The socket is replaced if it sends nothing for this long while audio is expected. Defaults to 5000. */
  readonly answeredWithinMs?: number;
  /** A random number from 0 to 1, for the waits before a reconnect. Defaults to `Math.random`. */
  readonly random?: () => number;
  /** Wraps the wire, for example to record it. */
  readonly tap?: (wire: Wire) => Wire;
  /** Called with unknown messages, and with warnings while no reply is active. An error that it throws ends the voice. */
  readonly onUnknown?: (message: unknown) => void;
}

/** A socket lives for at most 60 minutes (docs/wire/aura.md A4). From this age on it is replaced as soon as no reply is active. */
const renewAfterMs = 55 * 60_000;

/**
 * Deepgram's Aura (`/v1/speak`) as the voice of a call: one socket, open from subscription to unsubscription. Emits a `Speak` at
 * once (its text waits until the socket is open), and another one after each replacement of the socket.
 *
 *     aura        S--------------------     S: a Speak
 *
 *     sentences   a--b---c|                 one reply with that Speak
 *     sent        A-------(BC)              Speak and Flush: the first sentence at once, more when little is left to play, the
 *     received    --x-x-F-----y-y-F         rest at the end. F: Flushed
 *     result      A-x-x-0-----y-y-0|        A: Spent, x: Speech with the text of all that was flushed with it,
 *                                           0: an empty chunk, which is its segment's `last`
 *
 * A draft (`settled` has not emitted) leaves 8 of the 20 flushes a minute to other replies; a reply without a free flush waits.
 * Unsubscribing a reply drops its pending audio: none of it reaches the next reply. A sentence without words for the voice adds
 * its text to the next one. A reply completes after its last audio.
 *
 * A socket that is lost, does not answer or does not confirm a `Clear` is replaced (`reconnect`); so is one near the limit of 60
 * minutes, as soon as no reply is active. The use of flushes and characters still counts. Active replies continue on the new
 * socket:
 *
 *     sockets     --x-x-F--#                the second segment has no audio yet
 *                           ----y-y-F
 *     result      A-x-x-0--f----y-y-0|      f: a recovered `Failure`, with the connection's `requestId`
 *
 * Of the sentences that were flushed together, those without audio are sent again; the chunk that ends the others is
 * `brokenOff`. A reply that loses the same sentence twice errors with the second error, and a draft that loses audio errors at
 * once. A `Failure` while no reply is active is emitted by the next reply.
 *
 * A reply errors with `VoiceError` (`no-audio`) if a text with words gets no audio. The voice and its active replies error with
 * `WireError` if a socket is refused for good (any 4xx but 429) or after six failed retries in a row.
 */
export function aura(options: AuraOptions = {}, wire: Wire = toDeepgram(options)): Observable<Speak> {
  const { sampleRateHz = 16_000, clearedWithinMs = 1500, answeredWithinMs = 5000, random } = options;
  const { tap = identity, onUnknown = () => undefined } = options;

  return new Observable((call) => {
    const voice = new AuraVoice(sampleRateHz, onUnknown);
    const tapped = tap(wire);

    const connection = defer(() => {
      const socket = new AuraSocket(voice, { clearedWithinMs, answeredWithinMs });
      voice.connect(socket);
      call.next((on) => voice.speak(on));
      return concat(socket.frames.pipe(tapped), throwError(closed)).pipe(
        takeUntil(socket.failed),
        map((frame) => socket.receive(frame)),
        distinct(), // one proof that the socket works is enough
        catchError((reason: unknown) => {
          const error = withRequestId(reason, socket.requestId);
          voice.lost(error);
          return throwError(() => error);
        }),
        takeUntil(timer(renewAfterMs).pipe(switchMap(() => voice.idle.pipe(filter(Boolean))))),
      );
    });
    const connections = connection.pipe(
      reconnect({ proof: (works) => works, isFinal, ...(random && { random }) }),
      repeat(), // after `renewAfterMs`
    );

    call.add(
      connections.subscribe({
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
  if (!apiKey)
    return () =>
      throwError(
        () => new WireError('unauthorized', 'aura() has no key: set the option apiKey (for the command: DEEPGRAM_API_KEY).'),
      );
  return deepgram({
    service: 'speak.v1',
    apiKey,
    ...(baseUrl !== undefined && { baseUrl }),
    args: { model: voice, encoding: 'linear16', sample_rate: sampleRateHz, speed, mip_opt_out: mipOptOut },
  });
}

/** An error is final unless it is `retryable` or the socket was closed: a closed socket can be replaced. */
function isFinal(error: unknown): boolean {
  const wasClosed = error instanceof WireError && error.closeCode !== undefined;
  return !wasClosed && !(error instanceof SluiceError && error.retryable);
}

const closed = () => new WireError('closed', 'Deepgram closed the connection of the voice.', { retryable: true });
