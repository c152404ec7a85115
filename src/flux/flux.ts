import {
  BehaviorSubject,
  connect,
  defer,
  distinct,
  filter,
  identity,
  map,
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
import { rechunk } from '../../operators/audio/rechunk.ts';
import { severally } from '../../operators/core/severally.ts';
import { AudioError, SluiceError } from '../errors.ts';
import { deepgram } from '../wire/deepgram.ts';
import type { Wire } from '../wire/wire.ts';
import { CurrentSettings } from './currentSettings.ts';
import { toQuery, type Format } from './fluxCodec.ts';
import { checkOptions, type FluxOptions } from './fluxOptions.ts';
import { isAudio, Outbox } from './outbox.ts';
import { reconnecting } from './reconnecting.ts';
import { session } from './session.ts';
import { withoutPauses } from './withoutPauses.ts';

export type { FluxOptions } from './fluxOptions.ts';

/**
 * Deepgram Flux: audio in, turns out.
 *
 *     audio     -a-a-a-a-a-a-a-a-a-a-a-a|
 *     result    --C---u-s-u-e-E-u---s-u---(E|)     C: Connected; the end of the audio ends the last turn
 *
 * Chunks may have any size; they are sent 80 ms at a time. `Configure` and `ForceEndTurn` may be mixed in; one `Configure` is in
 * flight at a time. The connection opens at the first chunk and takes its format, or at subscription if the options name both
 * `encoding` and `sampleRateHz`. Until Flux is ready (at most 10 s: then `not-connected`) up to 30 s of audio are buffered; older
 * audio is dropped with one `Warning` (`audio-dropped`). Times are on the audio clock, which starts with the audio.
 *
 * A lost connection is replaced in up to six attempts, the first at once, the others with exponential backoff (`reconnecting`). The new connection gets
 * the settings, then the audio that was not transcribed and that of the open turn, from 0.8 s before its start, at `catchUp`
 * times real time. The result is `TurnLost`, `Reconnected`, and the turn again under another name. A connection also counts as
 * lost if Flux sends nothing for 10 s of audio. Pauses of the audio within a turn are filled with silence (`withoutPauses`).
 *
 * When the audio ends, an open turn is ended, then the connection closes and the result completes (`session`). Without any audio
 * no connection is made. Unsubscribing closes the connection. Errors: `SluiceError` (`invalid`, `missing-key`: the options),
 * `AudioError` (`unsupported`: a format that differs from the options), `WireError`, `FluxError`, with the `requestId` of the
 * session if there was one.
 *
 * @param wire defaults to the socket to Deepgram, which needs `apiKey`
 */
export function flux(options: FluxOptions = {}, wire?: Wire): OperatorFunction<ListenInput, ListenEvent> {
  return (input) =>
    defer(() => {
      checkOptions(options);
      const wireTo = wire === undefined ? deepgramWire(options) : () => wire;
      const outbox = new Outbox(options.catchUp);
      const settings = new CurrentSettings();
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

/** The format in the options, otherwise that of the first chunk. */
function formatOf(inputs: Observable<ListenInput>, { encoding, sampleRateHz }: FluxOptions): Observable<Format> {
  return encoding !== undefined && sampleRateHz !== undefined
    ? of({ encoding, sampleRateHz })
    : inputs.pipe(filter(isAudio), take(1));
}

/** Puts the input into the outbox, audio in chunks of 80 ms. Emits one `Warning` if audio had to be dropped. */
function feed(
  inputs: Observable<ListenInput>,
  outbox: Outbox,
  turnOpen: Observable<boolean>,
  options: FluxOptions,
): Observable<Warning> {
  const audio = inputs.pipe(
    filter(isAudio),
    map((chunk) => inFormat(chunk, options)),
    withoutPauses(turnOpen),
    rechunk(80),
  );
  const rest = inputs.pipe(filter((item) => !isAudio(item)));
  const put = (item: ListenInput): readonly Warning[] => {
    if (isAudio(item) && item.data.length === 0) return nothing; // in the older API it ended the stream (docs/wire/flux.md §2)
    return outbox.push(item) ? dropped : nothing;
  };
  const end = (): readonly Warning[] => {
    outbox.end();
    return nothing;
  };
  return merge(audio, rest).pipe(severally(put, end), distinct());
}

const dropped: readonly Warning[] = [
  {
    type: 'Warning',
    stage: 'listen',
    code: 'audio-dropped',
    message: 'More than 30 s of audio were waiting to be sent to Flux: the oldest audio was dropped.',
  },
];
const nothing: readonly Warning[] = [];

function inFormat(chunk: AudioChunk, options: FluxOptions): AudioChunk {
  const { encoding, sampleRateHz } = chunk;
  const announced = { encoding: options.encoding ?? encoding, sampleRateHz: options.sampleRateHz ?? sampleRateHz };
  if (encoding === announced.encoding && sampleRateHz === announced.sampleRateHz) return chunk;
  const expected = `${announced.encoding} at ${announced.sampleRateHz} Hz`;
  throw new AudioError(
    'unsupported',
    `The audio is ${encoding} at ${sampleRateHz} Hz, but the options of flux() announce ${expected}.`,
  );
}

function deepgramWire(options: FluxOptions): (format: Format) => Wire {
  const { apiKey, baseUrl } = options;
  if (!apiKey)
    throw new SluiceError('missing-key', 'flux() has no key: set the option apiKey (for the command: DEEPGRAM_API_KEY).');
  return (format) =>
    deepgram({ service: 'listen.v2', apiKey, args: toQuery(options, format), ...(baseUrl !== undefined && { baseUrl }) });
}
