import { NEVER, Observable, type OperatorFunction } from 'rxjs';
import { Queue } from '../core/queue.ts';
import type { BargeInInput, BargeInOutput, Floor } from './floor.ts';
import type { BargeInPolicy } from './policy.ts';
import { FloorControl } from './floorControl.ts';

export interface BargeInConfig {
  /** When a turn may cut audible speech, read at each decision; `false` never cuts. Defaults to `{}`: at `StartOfTurn`. */
  readonly policy?: () => BargeInPolicy | false;
  /** Who is speaking on the agent's side. By default the agent counts as speaking all the time. */
  readonly floor?: () => Floor;
  /** Emits when a reply has ended. Defaults to never. */
  readonly freed?: Observable<unknown>;
  /** Whether a turn made of the words being spoken is ignored as the agent's own echo. Defaults to no. */
  readonly echoGuard?: () => boolean;
  /** Whether the call is closing; a paused reply does not resume then. Defaults to no. */
  readonly closing?: () => boolean;
}

/**
 * Decides what each turn of the caller does to the current reply, and which turns enter the conversation (`TurnTaken`).
 *
 *     turns     -S--E----S----E----|      the agent is speaking at the second S
 *     result    -S--(TE)-(cS)-(TE)-|      c: the cue to cut, T: TurnTaken
 *
 * `turnDecision` has the table, `FloorControl` carries it out. While the agent is speaking, a turn is held until the policy lets it cut; then its events pass,
 * after the cue. A turn that ends before that is ignored. Speech that may not be cut (`policy: false`, a protected `Say`) plays
 * to its end; then all turns that ended meanwhile are taken, and one reply answers them.
 *
 * A thinking reply is cancelled by a turn that meets the policy, and paused by one that does not yet. A turn that ends with words
 * joins: the next reply answers both. If the turn is ignored, a paused reply resumes, and a cancelled one is made again: the end of
 * its turn is emitted once more, without `TurnTaken`.
 *
 * A `Say` waits for the current reply and the turn in progress. The result completes when the turns have completed and nothing
 * waits; after `TurnsOver`, as soon as nobody is speaking either, even if the source goes on.
 */
export function bargeIn(config: BargeInConfig = {}): OperatorFunction<BargeInInput, BargeInOutput> {
  const { policy = () => ({}), floor = alwaysSpeaking, freed = NEVER, echoGuard = no, closing = no } = config;

  return (events) =>
    new Observable((subscriber) => {
      const queue = new Queue<() => void>();
      let busy = false;

      /** Handles one event at a time: an event that a decision causes waits in the queue. */
      const schedule = (handle: () => void) => {
        queue.push(handle);
        if (busy) return;
        busy = true;
        for (let next = queue.take(); next && !subscriber.closed; next = queue.take()) {
          try {
            next();
            control.sayNext();
          } catch (error) {
            subscriber.error(error);
          }
        }
        busy = false;
        if (control.isOver) subscriber.complete();
      };
      const control = new FloorControl({ policy, floor, echoGuard, closing }, (event) => subscriber.next(event), schedule);

      subscriber.add(() => control.unsubscribe());
      subscriber.add(freed.subscribe(() => schedule(() => control.replyEnded())));
      subscriber.add(
        events.subscribe({
          next: (event) => schedule(() => control.handle(event)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => schedule(() => control.complete()),
        }),
      );
    });
}

const alwaysSpeaking = (): Floor => ({ held: 'speaking', saying: '', heard: true });
const no = () => false;
