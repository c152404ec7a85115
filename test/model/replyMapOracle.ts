import { from, Observable, ReplaySubject, Subject, Subscription, type ObservableInput, type OperatorFunction } from 'rxjs';
import { equivalent } from '../../operators/turns/equivalent.ts';
import type { Cue, CueEvent, DropReason, ListenEvent, TurnEvent, TurnIgnored } from '../../operators/events.ts';
import type { On } from '../../operators/turns/replyMap.ts';

interface Live {
  readonly turn: TurnEvent;
  draft: boolean;
  readonly settled: ReplaySubject<TurnEvent>;
  readonly dropped: Subject<DropReason>;
  readonly cues: Subject<Cue>;
  readonly subscription: Subscription;
}

/**
 * `replyMap` as a hand-written state machine: one live reply, which is stopped before the next one starts.
 * It shares only `equivalent` with the operator. Generated tests compare the two.
 */
export function replyMapOracle<R>(
  reply: (turn: TurnEvent, on: On) => ObservableInput<R>,
): OperatorFunction<ListenEvent | TurnIgnored | CueEvent, R> {
  return (source) =>
    new Observable((subscriber) => {
      let live: Live | undefined;
      let done = false;

      const end = (it: Live) => {
        it.subscription.unsubscribe();
        if (live === it) live = undefined;
      };
      const drop = (it: Live, reason: DropReason) => {
        it.dropped.next(reason);
        end(it);
      };
      const cut = (it: Live) => {
        it.cues.next('cut');
        end(it);
      };
      const start = (turn: TurnEvent, draft: boolean) => {
        const it: Live = {
          turn,
          draft,
          settled: new ReplaySubject(1),
          dropped: new Subject(),
          cues: new Subject(),
          subscription: new Subscription(),
        };
        live = it;
        if (!draft) it.settled.next(turn);
        let inner: ObservableInput<R>;
        try {
          inner = reply(turn, it);
        } catch (error) {
          subscriber.error(error);
          return;
        }
        it.subscription.add(
          from(inner).subscribe({
            next: (value) => subscriber.next(value),
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              if (live === it) live = undefined;
              if (done) subscriber.complete();
            },
          }),
        );
      };

      const sourceSubscription = source.subscribe({
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          done = true;
          if (live?.draft) drop(live, 'closed');
          if (!live) subscriber.complete();
        },
        next(event) {
          const it = live;
          switch (event.type) {
            case 'Cue':
              if (it && !it.draft) {
                if (event.cue === 'cut') cut(it);
                else it.cues.next(event.cue);
              }
              return;
            case 'TurnLost':
            case 'TurnIgnored':
              if (it?.draft && it.turn.turn === event.turn) drop(it, 'superseded');
              return;
            case 'StartOfTurn':
              if (it?.draft && it.turn.turn !== event.turn) drop(it, 'started');
              return;
            case 'TurnResumed':
              if (it?.draft && it.turn.turn === event.turn) drop(it, 'resumed');
              return;
            case 'EagerEndOfTurn':
              if (it && !it.draft) return;
              if (it) {
                const sameTurn = it.turn.turn === event.turn;
                if (sameTurn && equivalent(it.turn.transcript, event.transcript)) return;
                drop(it, sameTurn ? 'changed' : 'superseded');
              }
              start(event, true);
              return;
            case 'EndOfTurn':
              if (it) {
                const sameTurn = it.turn.turn === event.turn;
                if (sameTurn && !it.draft) return;
                if (sameTurn && equivalent(it.turn.transcript, event.transcript)) {
                  it.draft = false;
                  it.settled.next(event);
                  return;
                }
                if (it.draft) drop(it, sameTurn ? 'changed' : 'superseded');
                else cut(it);
              }
              start(event, false);
              return;
            default:
              return;
          }
        },
      });
      return () => {
        sourceSubscription.unsubscribe();
        live?.subscription.unsubscribe();
      };
    });
}
