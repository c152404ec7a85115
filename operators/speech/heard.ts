import { defer, map, startWith, withLatestFrom, type Observable, type OperatorFunction } from 'rxjs';
import type { Speech } from '../events.ts';
import { Hearing } from './hearing.ts';

/**
 * Maps playback positions (ms of audio played) to the words heard, as the model wrote them.
 *
 *     speech       a--b------------      a: 1 s for "Hello there.", its last chunk; b: " How are you?"
 *     positions    --x---y-----|         x: 600 ms, y: 1000 ms
 *     result       --x---y-----|         x: "Hello", y: "Hello there."
 *
 * It emits whole words, in proportion to the position inside a segment (see `Hearing`). The text never shrinks while positions
 * grow. It completes with the positions; an error of either source errors the result.
 */
export function heard(speech: Observable<Speech>): OperatorFunction<number, string> {
  return (positions) =>
    defer(() => {
      const hearing = new Hearing();
      const soFar = speech.pipe(
        map((chunk) => {
          hearing.add(chunk);
          return hearing;
        }),
        startWith(hearing),
      );
      return positions.pipe(
        withLatestFrom(soFar),
        map(([heardMs, known]) => known.at(heardMs)),
      );
    });
}
