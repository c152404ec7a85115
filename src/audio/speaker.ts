import { Observable, type OperatorFunction } from 'rxjs';
import type { Cue, PlaybackEvent, Speech } from '../../operators/events.ts';
import { whileOpen } from '../../operators/core/whileOpen.ts';
import { Playout, type Device } from './playout.ts';

export type { Device } from './playout.ts';

/**
 * The `play` stage of an agent: plays a reply by the clock and reports which words were heard.
 *
 *     speech    -(ABC|)                          100 ms each, "one", "two", "three"
 *     cues      -149ms c----                     c: cut
 *     result    -S 99ms P 49ms (E|)              S: Started · P: Position, "one" · E: Ended, 150 ms, "one", interrupted
 *
 * Emits `Started` at the first audible chunk, `Position` after each 100 ms of audio, `Paused` and `Resumed` at their cues, and
 * `Ended` last, in the tick of the `cut` or of the last sample. If audio arrives more slowly than it is played, the position
 * waits for it. While paused nothing is played, not even the start, and the reply does not end by itself. Cues after `Ended` are
 * ignored; of a cue and the end in the same tick, the first one counts.
 *
 * One subscription is one reply. An error of the speech or of the cues passes at once. Unsubscribing stops the audio.
 */
export function speaker(device: Device = {}): (cues: Observable<Cue>) => OperatorFunction<Speech, PlaybackEvent> {
  return (cues) => (speech) =>
    new Observable((subscriber) => {
      const playout = new Playout(subscriber, device);
      const error = (thrown: unknown) => playout.fail(thrown);
      subscriber.add(() => playout.stop());
      subscriber.add(cues.pipe(whileOpen(subscriber)).subscribe({ next: (cue) => playout.onCue(cue), error }));
      const complete = () => playout.complete();
      subscriber.add(speech.pipe(whileOpen(subscriber)).subscribe({ next: (piece) => playout.add(piece), error, complete }));
    });
}
