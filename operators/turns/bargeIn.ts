import { NEVER, Observable, type OperatorFunction } from 'rxjs';
import type { BargeInOutput, Floor, BargeInInput } from './floor.ts';
import { FloorKeeper } from './floorKeeper.ts';
import type { BargeInPolicy } from './policy.ts';
import { Queue } from '../core/queue.ts';

export interface BargeInConfig {
  /** Asked at each decision; `false` never cuts. Defaults to `{}`: cut as soon as a turn starts. */
  readonly policy?: () => BargeInPolicy | false;
  /** Who holds the floor now. By default the agent is taken to be always speaking. */
  readonly floor?: () => Floor;
  /** Emits when the floor has become free. Defaults to never. */
  readonly freed?: Observable<unknown>;
  /** Whether a turn made of the words being spoken is the agent's own echo. Defaults to no. */
  readonly echoGuard?: () => boolean;
  /** Whether the call is closing: a paused reply does not go on then. Defaults to no. */
  readonly closing?: () => boolean;
}

/**
 * Decides what a turn of the caller's does to the reply of the moment, and which turns enter the conversation (`TurnTaken`).
 *
 *     turns     -S--E----S--E--|          floor: speaking at the second S
 *     result    -S--(TE)-(cS)(TE)-|       c: the cue to cut, T: TurnTaken
 *
 * While the agent is heard, a turn waits until the policy lets it cut; then it goes on, led by the cue. If it ends before, it is
 * ignored. Speech that may not be cut (`policy: false`, a protected `Say`) is heard out; the turns that ended meanwhile are all
 * taken then, and the last end stands for them: one reply answers them all.
 *
 * While a reply is only thought of, it is paused until the policy decides, and any turn with words joins: the reply is cancelled,
 * and the next one answers both. If the turn comes to nothing the paused reply goes on, and one that was cancelled is asked for
 * anew: its turn's end is emitted again, without `TurnTaken`.
 *
 * A `Say` waits for the reply and the turn in progress. Completes once the turns have and nothing waits; after `TurnsOver` once
 * nobody speaks either, though its source goes on.
 */
export function bargeIn(config: BargeInConfig = {}): OperatorFunction<BargeInInput, BargeInOutput> {
  const { policy = () => ({}), floor = alwaysSpeaking, freed = NEVER, echoGuard = never, closing = never } = config;

  return (events) =>
    new Observable((subscriber) => {
      const waiting = new Queue<() => void>();
      let busy = false;

      /** One at a time: what a decision brings about waits until it is carried out. */
      const inbox = (work: () => void) => {
        waiting.push(work);
        if (busy) return;
        busy = true;
        for (let next = waiting.take(); next && !subscriber.closed; next = waiting.take()) {
          try {
            next();
            keeper.settle();
          } catch (error) {
            subscriber.error(error);
          }
        }
        busy = false;
        if (keeper.isOver) subscriber.complete();
      };
      const keeper = new FloorKeeper({ policy, floor, echoGuard, closing }, (event) => subscriber.next(event), inbox);

      subscriber.add(() => keeper.leave());
      subscriber.add(freed.subscribe(() => inbox(() => keeper.freed())));
      subscriber.add(
        events.subscribe({
          next: (event) => inbox(() => keeper.hear(event)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => inbox(() => keeper.close()),
        }),
      );
    });
}

const alwaysSpeaking = (): Floor => ({ held: 'speaking', saying: '', heard: true });
const never = () => false;
