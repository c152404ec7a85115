import { defer, type OperatorFunction } from 'rxjs';
import { hasWords } from './equivalent.ts';
import type { IgnoreReason, ListenEvent, TurnEvent, TurnIgnored, TurnType } from '../events.ts';
import { severally } from '../core/severally.ts';

/** The number of ended turns that are remembered, to recognise late events. */
const endedTurnsRemembered = 64;

const turnTypes: ReadonlySet<string> = new Set<TurnType>(['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn']);

/** Whether an event is one of the five turn events. */
export function isTurnEvent(event: { readonly type: string }): event is TurnEvent {
  return turnTypes.has(event.type);
}

/**
 * Makes any order of turn events legal. In the result a turn starts once, before its other events; it ends once, with words or as
 * `TurnIgnored`; the next turn starts after that; `TurnResumed` follows an `EagerEndOfTurn`, which has words. Flux promises most of
 * this (docs/wire/flux.md §5); other recognisers, lost connections and bugs do not.
 *
 *     turns     --u-e----E-E-T|     u, E: events of a turn that never started
 *     result    --s-e----E---S(E|)  T: an update of the next turn, which never ends
 *
 * - The first event with words starts its turn. A second start becomes an `Update`, and so does `TurnResumed` without a draft.
 * - An end without words takes the turn's last words. If the turn had none, or only punctuation, it is ignored as `empty`.
 * - When another turn starts or the source completes, the open turn ends with its last words; without words it is ignored as
 *   `unfinished`.
 * - Events of a turn that has ended are dropped, and so is `TurnLost` of a turn that is not open. A lost turn is ignored as `lost`.
 * - Empty updates between turns and all other events pass.
 */
export function orderly(): OperatorFunction<ListenEvent, ListenEvent | TurnIgnored> {
  return (events) =>
    defer(() => {
      const order = new Order();
      return events.pipe(
        severally(
          (event) => order.admit(event),
          () => order.close('unfinished'),
        ),
      );
    });
}

type Legal = readonly (ListenEvent | TurnIgnored)[];

interface OpenTurn {
  readonly turn: string;
  eager: boolean;
  last: TurnEvent;
}

/** The open turn, and those that have ended. */
class Order {
  #open: OpenTurn | undefined;
  readonly #ended = new Set<string>();

  admit(event: ListenEvent): Legal {
    if (event.type === 'TurnLost') return event.turn === this.#open?.turn ? [event, ...this.#ignore('lost')] : [];
    if (!isTurnEvent(event)) return [event];
    if (this.#ended.has(event.turn)) return [];
    if (this.#open && this.#open.turn !== event.turn) return [...this.close('unfinished'), ...this.admit(event)];
    return this.#open ? this.#within(event, this.#open) : this.#begin(event);
  }

  /** Ends the open turn with its last words, or ignores it if it has none. */
  close(reason: IgnoreReason): Legal {
    if (!this.#open) return [];
    const { last } = this.#open;
    if (!hasWords(last.transcript)) return this.#ignore(reason);
    this.#over(this.#open.turn);
    return [{ ...last, type: 'EndOfTurn' }];
  }

  #begin(event: TurnEvent): Legal {
    const { turn, type } = event;
    if (!hasWords(event.transcript)) {
      if (type === 'EndOfTurn') return (this.#over(turn), [{ type: 'TurnIgnored', turn, reason: 'empty' }]);
      if (type !== 'StartOfTurn') return [{ ...event, type: 'Update' }];
    }
    this.#open = { turn, eager: false, last: event };
    const start: TurnEvent = { ...event, type: 'StartOfTurn' };
    return type === 'EagerEndOfTurn' || type === 'EndOfTurn' ? [start, ...this.#within(event, this.#open)] : [start];
  }

  #within(event: TurnEvent, open: OpenTurn): Legal {
    const worded = hasWords(event.transcript);
    if (worded) open.last = event;
    switch (event.type) {
      case 'EndOfTurn': {
        const { transcript, words } = open.last;
        if (!hasWords(transcript)) return this.#ignore('empty');
        this.#over(open.turn);
        return [worded ? event : { ...event, transcript, words }];
      }
      case 'EagerEndOfTurn':
        if (!worded) return [{ ...event, type: 'Update' }];
        open.eager = true;
        return [event];
      case 'TurnResumed':
        if (!open.eager) return [{ ...event, type: 'Update' }];
        open.eager = false;
        return [event];
      default:
        return [{ ...event, type: 'Update' }];
    }
  }

  #ignore(reason: IgnoreReason): Legal {
    if (!this.#open) return [];
    const { turn } = this.#open;
    this.#over(turn);
    return [{ type: 'TurnIgnored', turn, reason }];
  }

  #over(turn: string): void {
    this.#open = undefined;
    this.#ended.add(turn);
    if (this.#ended.size > endedTurnsRemembered) for (const oldest of this.#ended) return void this.#ended.delete(oldest);
  }
}
