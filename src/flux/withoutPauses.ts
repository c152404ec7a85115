import {
  connect,
  distinctUntilChanged,
  endWith,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  startWith,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { bytesPerSample } from '../../operators/duration.ts';
import type { AudioChunk, Encoding } from '../../operators/events.ts';

const pauseMs = 500;
const chunkMs = 80;

/** The byte of silence; compressed audio has none. */
const quiet: Partial<Record<Encoding, number>> = { linear16: 0, linear32: 0, mulaw: 0xff, alaw: 0xd5 };

/**
 * Fills the pauses of a source of audio while a turn is open: after half a second without a chunk, 80 ms of silence every 80 ms,
 * until audio comes again or the turn ends. Without it a microphone that is muted in the middle of a turn strands the turn: no
 * end of it comes, not even by its timeout, for Flux counts the time of audio (flux.md §2).
 *
 *     audio      -a-a-----------a-a-|
 *     turn       ---o-----------c----        o: open, c: closed
 *     result     -a-a----z-z-z--a-a-|        z: silence
 */
export function withoutPauses(turnOpen: Observable<boolean>): MonoTypeOperatorFunction<AudioChunk> {
  return (audio) =>
    audio.pipe(
      connect((chunks) => {
        let last: AudioChunk | undefined;
        const pauses = turnOpen.pipe(
          distinctUntilChanged(),
          switchMap((open) =>
            open
              ? chunks.pipe(
                  startWith(undefined),
                  switchMap(() => timer(pauseMs, chunkMs)),
                )
              : EMPTY,
          ),
          map(() => last && silence(last)),
          filter((chunk) => chunk !== undefined),
          takeUntil(chunks.pipe(ignoreElements(), endWith(undefined))),
        );
        return merge(chunks.pipe(tap((chunk) => (last = chunk))), pauses);
      }),
    );
}

function silence({ encoding, sampleRateHz, channels }: AudioChunk): AudioChunk | undefined {
  const byte = quiet[encoding];
  if (byte === undefined) return undefined;
  const data = new Uint8Array(Math.round((sampleRateHz * chunkMs) / 1000) * bytesPerSample(encoding)).fill(byte);
  return { data, encoding, sampleRateHz, channels };
}
