import { concatMap, defer, of, type Observable, type OperatorFunction } from 'rxjs';
import type { CueEvent, ListenEvent, TurnEvent, TurnIgnored } from './events.ts';

/** Who holds the floor on the agent's side: nobody, a reply of which nothing is audible yet, or one that is heard. */
export type Floor = 'nobody' | 'thinking' | 'speaking';

/**
 * Decides what a turn of the caller's does to the reply of the moment: a cue for it, before the turn goes on.
 *
 *     turns     -S--E----S--E--|      floor: speaking at the second S
 *     result    -S--E----(cS)E-|      c: cut
 *
 * The reply is cut when the caller starts to talk. A reply that nobody had heard of is not lost: the turn it answered
 * joins the new one, and if that comes to nothing (`TurnIgnored`), its end is emitted again, to be answered after all.
 * Without a `floor` the agent is taken to be always speaking.
 *
 * @param floor who holds the floor now; asked at each `StartOfTurn`
 */
export function bargeIn(
  floor: () => Floor = () => 'speaking',
): OperatorFunction<ListenEvent | TurnIgnored, ListenEvent | TurnIgnored | CueEvent> {
  return (events) =>
    defer(() => {
      let asked: TurnEvent | undefined; // the last turn that ended with words
      let unanswered: TurnEvent | undefined; // the same, once its reply was cancelled unheard

      return events.pipe(
        concatMap((event): Observable<ListenEvent | TurnIgnored | CueEvent> => {
          switch (event.type) {
            case 'StartOfTurn': {
              const held = floor();
              if (held === 'nobody') return of(event);
              if (held === 'thinking') unanswered = asked;
              return of<(CueEvent | TurnEvent)[]>({ type: 'Cue', cue: 'cut' }, event);
            }
            case 'EndOfTurn':
              asked = event;
              unanswered = undefined;
              return of(event);
            case 'TurnIgnored': {
              const again = unanswered;
              unanswered = undefined;
              return again ? of(event, again) : of(event);
            }
            default:
              return of(event);
          }
        }),
      );
    });
}

/** The floor after an event of the call. */
export function floorAfter(floor: Floor, { type }: { readonly type: string }): Floor {
  switch (type) {
    case 'ReplyStarted':
      return 'thinking';
    case 'SpeechStarted':
      return 'speaking';
    case 'ReplyEnded':
      return 'nobody';
    default:
      return floor;
  }
}
