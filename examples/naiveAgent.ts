import { connect, distinctUntilChanged, filter, isObservable, NEVER, of, switchMap, takeUntil } from 'rxjs';
import { holdUntil, isTurnEvent, sentences, speakable, type TurnType } from 'sluice';
import type { CustomAgent } from 'sluice/testing';

/** A first attempt: starts a draft at the eager end, keeps it at the end, stops when the caller talks. `checkCalls` finds its mistake. */
export const naiveAgent: CustomAgent = (audio, { stages: { listen, think, speak, play } }) =>
  (isObservable(speak) ? speak : of(speak)).pipe(
    switchMap((voice) =>
      audio.pipe(
        listen,
        filter(isTurnEvent),
        connect((turns) => {
          const on = (...types: TurnType[]) => turns.pipe(filter(({ type }) => types.includes(type)));
          return on('EagerEndOfTurn', 'EndOfTurn').pipe(
            distinctUntilChanged((draft, end) => draft.transcript === end.transcript), // the draft is good for the end
            switchMap((turn) => {
              const settled = turn.type === 'EndOfTurn' ? of(turn) : on('EndOfTurn');
              return think([{ role: 'user', content: turn.transcript }]).pipe(
                sentences(),
                speakable(),
                voice({ settled }),
                filter((said) => said.type === 'Speech'),
                holdUntil(settled),
                play(NEVER),
                takeUntil(on('TurnResumed', 'StartOfTurn')),
              );
            }),
          );
        }),
      ),
    ),
  );
