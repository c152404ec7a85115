import {
  BehaviorSubject,
  connect,
  defer,
  distinct,
  filter,
  identity,
  merge,
  mergeMap,
  of,
  Subject,
  take,
  takeUntil,
  tap,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import type { AudioChunk, ListenEvent, ListenInput, Warning } from '../../operators/events.ts';
import { maybe } from '../../operators/core/maybe.ts';
import { rechunk } from '../../operators/audio/rechunk.ts';
import { severally } from '../../operators/core/severally.ts';
import { AudioError, SluiceError } from '../errors.ts';
import { deepgram } from '../wire/deepgram.ts';
import type { Wire } from '../wire/wire.ts';
import { toQuery, type Format } from './fluxCodec.ts';
import { checkOptions, type FluxOptions } from './fluxOptions.ts';
import { isAudio, Outbox } from './outbox.ts';
import { reconnecting } from './reconnecting.ts';
import { session } from './session.ts';
import { Settings } from './currentSettings.ts';
import { withoutPauses } from './withoutPauses.ts';

export type { FluxOptions } from './fluxOptions.ts';

/**
 * Deepgram Flux: audio goes in, turns come out.
 *
 *     audio     -a-a-a-a-a-a-a-a-a-a-a-a|
 *     result    --C---u-s-u-e-E-u---s-u---(E|)     C: Connected; the last turn is ended by us
 *
 * Audio may come in chunks of any size; 80 ms of it are sent at a time. The connection is made at the first chunk, whose
 * format it takes, or at subscription if the options name both `encoding` and `sampleRateHz`. Until Flux is ready (at most
 * 10 s: then `not-connected`) at most 30 s of audio wait; older audio is dropped, which a `Warning` (`audio-dropped`) says
 * once. Times are on the clock of the audio that came in, from its start.
 *
 * A connection that is lost is made again: at once, then up to six times with growing waits, until Flux says something of a turn
 * in audio it had not come to (`reconnecting`). What Flux had not transcribed, and the turn that was open, from 0.8 s before it began, is heard again, at
 * `catchUp` times real time: `TurnLost`, `Reconnected`, and the turn under another name. Flux that says nothing for 10 s of audio counts
 * as lost. Flux counts the time of audio only, so where audio pauses in the middle of a turn silence is put in.
 *
 * `Configure` and `ForceEndTurn` may be mixed in; one `Configure` is in flight at a time, and another connection is told of all
 * of them.
 *
 * When the audio ends, a turn that is still open is ended (`session` has the rules), then the connection; the result
 * completes with it. Audio that never begins needs no connection. Errors: `SluiceError` (`invalid`, `missing-key`: the
 * options), `AudioError` (`unsupported`: another format than announced), `WireError`, `FluxError`; with the `requestId` of
 * the session where there was one. Unsubscribing hangs up.
 *
 * Without a `wire` it is the socket to Deepgram, which needs `apiKey`.
 */
export function flux(options: FluxOptions = {}, wire?: Wire): OperatorFunction<ListenInput, ListenEvent> {
  return (input) =>
    defer(() => {
      checkOptions(options);
      const wireTo = wire === undefined ? deepgramWire(options) : () => wire;
      const outbox = new Outbox(options.catchUp);
      const settings = new Settings();
      const over = new Subject<void>();
      const turnOpen = new BehaviorSubject(false);

      return input.pipe(
        connect((inputs) => {
          const feeding = feed(inputs, outbox, turnOpen, options).pipe(takeUntil(over));
          const listening = formatOf(inputs, options).pipe(
            mergeMap((format) => {
              const { onUnknown, random, tap: through = identity } = options;
              const wire = through(wireTo(format));
              const onTurn = (open: boolean) => turnOpen.next(open);
              return reconnecting((connection) => session(wire, { outbox, settings, connection, onUnknown, onTurn }), {
                lostMs: () => outbox.lostMs,
                random,
              });
            }),
            tap({ complete: () => over.next() }),
          );
          return merge(feeding, listening);
        }),
      );
    });
}

/** The options' format, or else that of the first audio. */
function formatOf(inputs: Observable<ListenInput>, { encoding, sampleRateHz }: FluxOptions): Observable<Format> {
  return encoding !== undefined && sampleRateHz !== undefined
    ? of({ encoding, sampleRateHz })
    : inputs.pipe(filter(isAudio), take(1));
}

/** Puts what comes in into the outbox, audio in chunks of 80 ms. Emits only when some of it had to be dropped. */
function feed(
  inputs: Observable<ListenInput>,
  outbox: Outbox,
  turnOpen: Observable<boolean>,
  options: FluxOptions,
): Observable<Warning> {
  const audio = inputs.pipe(
    maybe((item) => (isAudio(item) ? inFormat(item, options) : undefined)),
    withoutPauses(turnOpen),
    rechunk(80),
  );
  const rest = inputs.pipe(filter((item) => !isAudio(item)));
  const put = (item: ListenInput): readonly Warning[] => {
    if (isAudio(item) && item.data.length === 0) return nothing; // to the older API it meant the end (flux.md §2)
    return outbox.push(item) ? tooMuch : nothing;
  };
  const end = (): readonly Warning[] => {
    outbox.end();
    return nothing;
  };
  return merge(audio, rest).pipe(severally(put, end), distinct());
}

const tooMuch: readonly Warning[] = [
  {
    type: 'Warning',
    stage: 'listen',
    code: 'audio-dropped',
    message: 'More than 30 s of audio waited to be sent to Flux; the oldest is dropped.',
  },
];
const nothing: readonly Warning[] = [];

function inFormat(chunk: AudioChunk, options: FluxOptions): AudioChunk {
  const { encoding, sampleRateHz } = chunk;
  const announced = { encoding: options.encoding ?? encoding, sampleRateHz: options.sampleRateHz ?? sampleRateHz };
  if (encoding === announced.encoding && sampleRateHz === announced.sampleRateHz) return chunk;
  const told = `${announced.encoding} at ${announced.sampleRateHz} Hz`;
  throw new AudioError('unsupported', `The audio is ${encoding} at ${sampleRateHz} Hz, but the options of flux say ${told}.`);
}

function deepgramWire(options: FluxOptions): (format: Format) => Wire {
  const { apiKey, baseUrl } = options;
  if (!apiKey)
    throw new SluiceError('missing-key', 'flux needs the option apiKey: a key of Deepgram (in the command DEEPGRAM_API_KEY).');
  return (format) =>
    deepgram({ service: 'listen.v2', apiKey, args: toQuery(options, format), ...(baseUrl !== undefined && { baseUrl }) });
}
