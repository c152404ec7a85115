import {
  asyncScheduler,
  defer,
  distinctUntilChanged,
  EMPTY,
  expand,
  filter,
  map,
  merge,
  Subject,
  switchMap,
  takeUntil,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { bytesPerSample } from '../../operators/audio/duration.ts';
import type { AudioChunk, Encoding } from '../../operators/events.ts';

const pauseMs = 500;
const chunkMs = 80;

/** The byte of silence. Compressed audio has none. */
const quiet: Partial<Record<Encoding, number>> = { linear16: 0, linear32: 0, mulaw: 0xff, alaw: 0xd5 };

/**
 * Fills pauses of the audio with silence while a turn is open: after 500 ms without a chunk it emits 80 ms of silence every
 * 80 ms, until audio arrives again or the turn ends.
 *
 *     audio      -a-a-----------a-a-|
 *     turn       ---o-----------c----        o: open, c: closed
 *     result     -a-a----z-z-z--a-a-|        z: silence
 *
 * Flux counts the time of audio only (docs/wire/flux.md §2). Without the silence a turn in which the microphone is muted would
 * never end, not even by its timeout.
 */
export function withoutPauses(turnOpen: Observable<boolean>): MonoTypeOperatorFunction<AudioChunk> {
  return (audio) =>
    defer(() => {
      const over = new Subject<void>();
      let last: AudioChunk | undefined;
      let dueAt = 0;
      const wait = () => timer(Math.max(0, dueAt - asyncScheduler.now()));

      // One timer that checks again, because a timer for every chunk would be expensive.
      const pause = defer(() => {
        dueAt = asyncScheduler.now() + pauseMs;
        return wait().pipe(
          expand(wait),
          filter(() => asyncScheduler.now() >= dueAt),
          tap(() => (dueAt += chunkMs)),
        );
      });
      const pauses = turnOpen.pipe(
        distinctUntilChanged(),
        switchMap((open) => (open ? pause : EMPTY)),
        map(() => last && silence(last)),
        filter((chunk) => chunk !== undefined),
        takeUntil(over),
      );
      const chunks = audio.pipe(
        tap({
          next: (chunk) => {
            last = chunk;
            dueAt = asyncScheduler.now() + pauseMs;
          },
          complete: () => over.next(),
        }),
      );
      return merge(pauses, chunks); // in this order: the audio may arrive all at once
    });
}

function silence({ encoding, sampleRateHz, channels }: AudioChunk): AudioChunk | undefined {
  const byte = quiet[encoding];
  if (byte === undefined) return undefined;
  const data = new Uint8Array(Math.round((sampleRateHz * chunkMs) / 1000) * bytesPerSample(encoding)).fill(byte);
  return { data, encoding, sampleRateHz, channels };
}
