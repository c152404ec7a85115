import { defer, distinctUntilChanged, EMPTY, endWith, map, switchMap, tap, timer, type OperatorFunction } from 'rxjs';
import type { CallEvent, Idle } from '../events.ts';

/**
 * Says when the caller is silent after the agent has spoken: `Idle`, so long after a reply that was heard to its end, once for
 * each. While the caller talks no time counts; a turn that comes to nothing begins it anew; one that is taken ends it.
 *
 *     events    -R-e----------S--R-e--S--i------|      R: a reply starts, e: it was heard out, S: a turn starts, i: is ignored
 *     result    --------I---------------------I-|      idle(() => 5)
 *
 * @param afterMs asked when the silence begins; without one nothing is said
 */
export function idle(afterMs: () => number | undefined): OperatorFunction<CallEvent, Idle> {
  return (events) =>
    defer(() => {
      const silence = new Silence();
      return events.pipe(
        map((event) => silence.after(event)),
        distinctUntilChanged(),
        map((reply) => (reply === undefined ? undefined : afterMs())),
        endWith(undefined),
        switchMap((ms) => (ms === undefined ? EMPTY : timer(ms))),
        tap(() => silence.told()),
        map((): Idle => ({ type: 'Idle' })),
      );
    });
}

/** Whether nobody speaks, the agent having spoken last. */
class Silence {
  #heardOut: number | undefined;
  #talking = false;

  /** The reply that the silence follows, if there is silence after this event. */
  after(event: CallEvent): number | undefined {
    switch (event.type) {
      case 'StartOfTurn':
        this.#talking = true;
        break;
      case 'EndOfTurn':
      case 'TurnIgnored':
        this.#talking = false;
        break;
      case 'TurnTaken':
      case 'ReplyStarted':
        this.#heardOut = undefined;
        break;
      case 'ReplyEnded':
        this.#heardOut = event.heard !== '' && !event.interrupted ? event.reply : undefined;
        break;
      default:
    }
    return this.#talking ? undefined : this.#heardOut;
  }

  told(): void {
    this.#heardOut = undefined;
  }
}
