import { connect, filter, forkJoin, switchMap, take, takeUntil, type Observable, type OperatorFunction } from 'rxjs';
import type { TurnEvent, TurnType } from 'sluice';

/** Writes a reply while the turn is probably over, speaks it once the turn is over, and stops when the caller goes on or speaks again. */
export function speculation<R>(
  write: (turn: TurnEvent) => Observable<string>,
  speak: (text: string) => Observable<R>,
): OperatorFunction<TurnEvent, R> {
  return connect((turn$) => {
    const on = (...types: TurnType[]) => turn$.pipe(filter(({ type }) => types.includes(type)));

    return on('EagerEndOfTurn').pipe(
      switchMap((turn) =>
        forkJoin([write(turn), on('EndOfTurn').pipe(take(1))]).pipe(
          switchMap(([text]) => speak(text)),
          takeUntil(on('TurnResumed', 'StartOfTurn')),
        ),
      ),
    );
  });
}
