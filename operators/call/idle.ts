import { defer, distinctUntilChanged, EMPTY, endWith, map, switchMap, tap, timer, type OperatorFunction } from 'rxjs';
import type { CallEvent, Idle } from '../events.ts';

/**
 * Emits `Idle` when the caller stays silent after a reply that was heard to its end, once for each reply. The time starts again
 * after a turn that is ignored; a turn that is taken, or another reply, stops it.
 *
 *     events    -R-e----------S--R-e--S--i------|      R: reply starts, e: was heard to its end, S: turn starts, i: is ignored
 *     result    --------I---------------------I-|      idle(() => 5)
 *
 * @param afterMs called when the silence begins; undefined: no `Idle` for this silence
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
        tap(() => silence.reported()),
        map((): Idle => ({ type: 'Idle' })),
      );
    });
}

/** Knows whether nobody speaks and the agent spoke last. */
class Silence {
  #lastHeard: number | undefined;
  #talking = false;

  /** Returns the reply before the silence, if there is silence after this event. */
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
        this.#lastHeard = undefined;
        break;
      case 'ReplyEnded':
        this.#lastHeard = event.heard !== '' && !event.interrupted ? event.reply : undefined;
        break;
      default:
    }
    return this.#talking ? undefined : this.#lastHeard;
  }

  reported(): void {
    this.#lastHeard = undefined;
  }
}
