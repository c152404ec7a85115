import {
  defaultIfEmpty,
  defer,
  EMPTY,
  filter,
  merge,
  mergeMap,
  NEVER,
  of,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import { equivalent } from './equivalent.ts';
import type { Cue, CueEvent, DropReason, ListenEvent, Say, TurnEvent, TurnIgnored, TurnTaken } from '../events.ts';
import { latch } from '../core/latch.ts';
import { maybe } from '../core/maybe.ts';
import { isTurnEvent } from './orderly.ts';

/** What a reply is told while it lives. */
export interface On {
  /** Emits once, when the turn is surely over and the reply holds: its end. Late subscribers hear it too. */
  readonly settled: Observable<TurnEvent | Say>;
  /** Emits the reason, once, when a draft must go. It may say a last word in that tick; then it is unsubscribed. */
  readonly dropped: Observable<DropReason>;
  /** Pause, resume, cut, once settled. On `cut` it says what was heard and completes, in that tick; else it is unsubscribed. */
  readonly cues: Observable<Cue>;
  /** A draft is not to be spoken before it settles, whatever else may let it (`speculateWithin`). */
  readonly unspoken?: true;
  /** So many drafts of this turn were not begun (`speculateWithin`). */
  readonly shed?: number;
}

export interface ReplyMapConfig<R> {
  /** Says what the agent is told to say; it is settled from the start. Defaults to saying nothing. */
  readonly say?: (say: Say, on: On) => ObservableInput<R>;
}

type Told = ListenEvent | TurnIgnored | TurnTaken | CueEvent | Say;

/**
 * Answers each turn. A reply begins at `EagerEndOfTurn`, as a draft, or at an `EndOfTurn` that no living draft answers; there
 * is one reply at a time.
 *
 *     turns     -s--e----r---e--E------|      e: eager, r: resumed, E: end
 *     reply         --a-b-c-d|                a draft, dropped at r; the next one settles at E
 *     result    ------a-b------a-b-c-d-|
 *
 * A draft is dropped when its turn goes on (`resumed`), says other words (`changed`), another turn starts (`started`) or
 * ends or drafts (`superseded`), or the turns complete (`closed`). It settles at an `EndOfTurn` of its turn with equivalent
 * words. A settled reply is told cues; the end of another turn cuts it, a draft or a `Say` never does. A draft that failed, completed or
 * was dropped answers nothing: its turn's end begins a new reply.
 *
 * The result completes when turns and the last reply have. An error of either, or thrown by `reply`, errors the result.
 * Expects the order that `orderly` makes.
 */
export function replyMap<R>(
  reply: (turn: TurnEvent, on: On) => ObservableInput<R>,
  { say = () => EMPTY }: ReplyMapConfig<R> = {},
): OperatorFunction<Told, R> {
  return (events) =>
    defer(() => {
      const told = new Subject<Told>(); // the reply of the moment hears of an event first, and may say a last word;
      const over = new Subject<void>(); // then it is over, if that is what it was told; only then may another begin
      let live: string | undefined; // the turn that is being answered
      let settledBy: TurnEvent | undefined; // the end that is being told of, if a draft has answered it

      const begins = (event: Told): event is TurnEvent | Say =>
        event.type === 'EagerEndOfTurn' || event.type === 'Say'
          ? live === undefined
          : event.type === 'EndOfTurn' && event.turn !== live && event !== settledBy;

      const answer = (turn: TurnEvent | Say): Observable<R> => {
        const draft = turn.type === 'EagerEndOfTurn' ? turn : undefined;
        const settled: On['settled'] = draft
          ? told.pipe(
              filter(confirms(draft)),
              tap((end) => (settledBy = end)),
              latch(),
            )
          : of(turn);
        const dropped = draft
          ? told.pipe(maybe(whyDropped(draft)), take(1), defaultIfEmpty('closed' as const), takeUntil(settled))
          : NEVER;
        const cues = settled.pipe(
          switchMap(() => told),
          maybe(cueFor(turn)),
        );
        const ending = merge(dropped, cues.pipe(filter((cue) => cue === 'cut'))).pipe(mergeMap(() => over));

        live = turn.turn;
        const on = { settled, dropped, cues };
        return defer(() => (turn.type === 'Say' ? say(turn, on) : reply(turn, on))).pipe(
          // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- it looks on, and subscribes to nothing
          takeUntil(ending),
          tap({ complete: () => (live = undefined) }), // and not in `finalize`: by then the next one may live
        );
      };

      return events.pipe(
        tap({
          next: (event) => {
            settledBy = undefined;
            told.next(event);
          },
          complete: () => told.complete(),
        }),
        tap({ next: () => over.next(), complete: () => over.next() }),
        filter(begins),
        switchMap(answer),
      );
    });
}

const confirms =
  (draft: TurnEvent) =>
  (event: Told): event is TurnEvent =>
    event.type === 'EndOfTurn' && event.turn === draft.turn && equivalent(event.transcript, draft.transcript);

const whyDropped =
  (draft: TurnEvent) =>
  (event: Told): DropReason | undefined => {
    if (event.type === 'TurnLost' || event.type === 'TurnIgnored') return event.turn === draft.turn ? 'superseded' : undefined;
    if (!isTurnEvent(event)) return undefined;
    const own = event.turn === draft.turn;
    switch (event.type) {
      case 'StartOfTurn':
        return own ? undefined : 'started';
      case 'TurnResumed':
        return own ? 'resumed' : undefined;
      case 'EagerEndOfTurn':
      case 'EndOfTurn':
        if (!own) return 'superseded';
        return equivalent(event.transcript, draft.transcript) ? undefined : 'changed';
      default:
        return undefined;
    }
  };

const cueFor =
  (turn: TurnEvent | Say) =>
  (event: Told): Cue | undefined => {
    if (event.type === 'Cue') return event.cue;
    return event.type === 'EndOfTurn' && event.turn !== turn.turn ? 'cut' : undefined;
  };
