import { defer, map, startWith, withLatestFrom, type Observable, type OperatorFunction } from 'rxjs';
import type { Speech } from '../events.ts';
import { Hearing } from './hearing.ts';

/**
 * From playback positions (how many ms were heard) to the words heard, in the model's wording.
 *
 *     speech       a--b------------      a: 1 s for "Hello there.", its last chunk; b: " How are you?"
 *     positions    --x---y-----|         x: 600 ms, y: 1000 ms
 *     result       --x---y-----|         x: "Hello", y: "Hello there."
 *
 * Words are whole, a segment's in proportion to the position inside it; see `Hearing`. Text never shrinks while positions
 * grow. Completion is that of the positions; an error of either errors the result.
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
