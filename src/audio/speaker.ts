import { Observable, type OperatorFunction } from 'rxjs';
import type { Cue, PlaybackEvent, Speech } from '../../operators/events.ts';
import { follow } from '../../operators/core/follow.ts';
import { Playout, type Device } from './playout.ts';

export type { Device } from './playout.ts';

/**
 * Plays a reply against the clock, and knows what was heard of it: the `play` of an agent.
 *
 *     speech    -(ABC|)                          100 ms each, "one", "two", "three"
 *     cues      -149ms c----                     c: cut
 *     result    -S 99ms P 49ms (E|)              S: Started · P: Position, "one" · E: Ended, 150 ms, "one", interrupted
 *
 * `Started` comes with the first audible chunk, a `Position` with each 100 ms heard, `Paused` and `Resumed` with their cues,
 * `Ended` last, in the tick of the `cut` or of the last sample. Where audio comes slower than it sounds, the clock waits: only
 * sound counts. While paused it does not end by itself, and nothing becomes audible, also if nothing was before. After `Ended`
 * cues are late and ignored; at the very tick of the end the first to come decides.
 *
 * One subscription is one reply. An error of the speech or of the cues passes at once. Unsubscribing stops the sound.
 */
export function speaker(device: Device = {}): (cues: Observable<Cue>) => OperatorFunction<Speech, PlaybackEvent> {
  return (cues) => (speech) =>
    new Observable((subscriber) => {
      const playout = new Playout(subscriber, device);
      const error = (thrown: unknown) => playout.fail(thrown);
      subscriber.add(() => playout.stop());
      follow(cues, subscriber, { next: (cue) => playout.told(cue), error, complete: () => undefined });
      follow(speech, subscriber, { next: (piece) => playout.add(piece), error, complete: () => playout.complete() });
    });
}
