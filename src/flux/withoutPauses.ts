import {
  asyncScheduler,
  defer,
  distinctUntilChanged,
  EMPTY,
  expand,
  filter,
  Observable,
  switchMap,
  tap,
  timer,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { bytesPerSample } from '../../operators/audio/duration.ts';
import type { AudioChunk, Encoding } from '../../operators/events.ts';
import { follow } from '../../operators/core/follow.ts';
import { maybe } from '../../operators/core/maybe.ts';

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
    new Observable((subscriber) => {
      let last: AudioChunk | undefined;
      let dueAt = 0;
      const wait = () => timer(Math.max(0, dueAt - asyncScheduler.now()));

      // One timer that looks again, for not every chunk is worth one of its own.
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
        maybe(() => last && silence(last)),
      );

      // In this order, for chunks may all come at once.
      follow(pauses, subscriber, { next: (chunk) => subscriber.next(chunk), complete: () => undefined });
      follow(audio, subscriber, {
        next: (chunk) => {
          last = chunk;
          dueAt = asyncScheduler.now() + pauseMs;
          subscriber.next(chunk);
        },
      });
    });
}

function silence({ encoding, sampleRateHz, channels }: AudioChunk): AudioChunk | undefined {
  const byte = quiet[encoding];
  if (byte === undefined) return undefined;
  const data = new Uint8Array(Math.round((sampleRateHz * chunkMs) / 1000) * bytesPerSample(encoding)).fill(byte);
  return { data, encoding, sampleRateHz, channels };
}
