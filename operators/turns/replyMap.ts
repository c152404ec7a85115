import {
  defer,
  EMPTY,
  endWith,
  filter,
  merge,
  NEVER,
  of,
  shareReplay,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import { byType, type ByType } from '../core/byType.ts';
import type { Cue, DropReason, Say, TurnEvent, TurnsOver } from '../events.ts';
import { equivalent } from './equivalent.ts';
import type { BargeInOutput } from './floor.ts';

/** What a reply can react to while it lives. */
export interface On {
  /** Emits the end of the turn once, when it is final and the reply answers it. Replays to late subscribers. */
  readonly settled: Observable<TurnEvent | Say>;
  /** Emits once, with the reason, when the draft is dropped. The reply may emit in that tick; then it is unsubscribed. */
  readonly dropped: Observable<DropReason>;
  /**
   * Emits `pause`, `resume` and `cut` after `settled`. On `cut` the reply reports what was heard and completes in that tick;
   * otherwise it is unsubscribed.
   */
  readonly cues: Observable<Cue>;
  /** The draft must not use speech before it settles (`speculateWithin`). */
  readonly unspoken?: true;
  /** The number of drafts of this turn that were not started (`speculateWithin`). */
  readonly shed?: number;
}

export interface ReplyMapConfig<R> {
  /** The reply to a `Say`, settled from the start. Defaults to none. */
  readonly say?: (say: Say, on: On) => ObservableInput<R>;
}

/**
 * Answers each turn with one reply: `switchMap` on `EagerEndOfTurn` (and on an `EndOfTurn` that no draft answers), with `takeUntil`
 * on `TurnResumed` and on the `StartOfTurn` of another turn. Those two drop a draft. A settled reply is cut by a cue of `bargeIn`,
 * which comes before the `StartOfTurn` that it lets pass.
 *
 *     turns     -s--e----r---e--E------|      e: EagerEndOfTurn, r: TurnResumed, E: EndOfTurn
 *     reply         --a-b-c-d|                the draft is dropped at r; the next one settles at E
 *     result    ------a-b------a-b-c-d-|
 *
 * A settled reply receives cues and is not unsubscribed before it could report what was heard; the `EndOfTurn` of another turn
 * cuts it. A draft that failed, completed or was dropped answers nothing: its `EndOfTurn` starts a new reply.
 *
 * The result completes when the turns and the last reply have completed; completion of the turns drops a draft (`closed`).
 * Errors of the turns, of a reply, or thrown by `reply` error the result. It expects the order that `orderly` makes.
 */
export function replyMap<R>(
  reply: (turn: TurnEvent, on: On) => ObservableInput<R>,
  { say = () => EMPTY }: ReplyMapConfig<R> = {},
): OperatorFunction<BargeInOutput, R> {
  return (events) =>
    defer(() => {
      const reactions = new Subject<BargeInOutput | TurnsOver>(); // First the current reply reacts to an event and may emit a last value,
      const reacted = new Subject<void>(); // then it is unsubscribed if the event stopped it, then the next one may start.
      let liveTurn: string | undefined; // The turn of the current reply.
      let settling: TurnEvent | undefined; // The event in hand, if it settles a draft.

      const replyTo = (turn: TurnEvent | Say): Observable<R> => {
        const isDraft = turn.type === 'EagerEndOfTurn';
        const isSame = (event: { readonly turn: string }) => event.turn === turn.turn;
        const hasWordsOf = (event: TurnEvent) => isDraft && equivalent(event.transcript, turn.transcript);
        const otherWords = (event: TurnEvent): DropReason | undefined => {
          if (!isSame(event)) return 'superseded';
          return hasWordsOf(event) ? undefined : 'changed';
        };
        const reactTo = <V>(functions: ByType<BargeInOutput | TurnsOver, V>) => reactions.pipe(byType(functions));

        const settled = isDraft
          ? reactTo({ EndOfTurn: (end) => (isSame(end) && hasWordsOf(end) ? (settling = end) : undefined) }).pipe(
              take(1),
              shareReplay({ bufferSize: 1, refCount: true }),
            )
          : of(turn);
        const dropped = isDraft
          ? reactTo<DropReason>({
              TurnResumed: (event) => (isSame(event) ? 'resumed' : undefined),
              StartOfTurn: (event) => (isSame(event) ? undefined : 'started'),
              EagerEndOfTurn: otherWords,
              EndOfTurn: otherWords,
              TurnLost: (event) => (isSame(event) ? 'superseded' : undefined),
              TurnIgnored: (event) => (isSame(event) ? 'superseded' : undefined),
              TurnsOver: () => 'closed',
            }).pipe(take(1), takeUntil(settled))
          : NEVER;
        const cues = settled.pipe(
          switchMap(() =>
            reactTo<Cue>({
              Cue: ({ cue }) => cue,
              EndOfTurn: (end) => (isSame(end) ? undefined : 'cut'),
            }),
          ),
        );
        const stopped = merge(dropped, cues.pipe(filter((cue) => cue === 'cut'))).pipe(switchMap(() => reacted));

        liveTurn = turn.turn;
        return defer(() => {
          const on = { settled, dropped, cues };
          return turn.type === 'Say' ? say(turn, on) : reply(turn, on);
        }).pipe(
          // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- `tap` subscribes to nothing
          takeUntil(stopped), // a draft: TurnResumed, StartOfTurn, other words; a settled reply: a cut
          tap({ complete: () => (liveTurn = undefined) }), // Not `finalize`: by then the next reply may live.
        );
      };

      return events.pipe(
        endWith<BargeInOutput, [TurnsOver]>({ type: 'TurnsOver' }),
        tap((event) => {
          settling = undefined;
          reactions.next(event);
          reacted.next();
        }),
        byType<BargeInOutput | TurnsOver, TurnEvent | Say>({
          EagerEndOfTurn: (draft) => (liveTurn === undefined ? draft : undefined),
          EndOfTurn: (end) => (end.turn === liveTurn || end === settling ? undefined : end),
          Say: (say) => (liveTurn === undefined ? say : undefined),
        }),
        switchMap(replyTo), // EagerEndOfTurn, EndOfTurn without a draft, Say
      );
    });
}
