import {
  defer,
  endWith,
  filter,
  ignoreElements,
  map,
  NEVER,
  share,
  switchMap,
  takeUntil,
  timer,
  type OperatorFunction,
} from 'rxjs';
import type { Happening, Idle } from './events.ts';

/**
 * Says when the caller is silent after the agent has spoken: `Idle`, so long after a reply that was heard to its end, once for
 * each. Anything of a turn or of another reply before that keeps it from being said.
 *
 *     events    -R-e----------S--R-e--S-|      R: a reply starts, e: it was heard out, S: a turn starts
 *     result    --------i----------------|     idle(() => 5)
 *
 * @param afterMs asked when a reply has ended; without one nothing is said
 */
export function idle(afterMs: () => number | undefined): OperatorFunction<Happening, Idle> {
  return (events) =>
    defer(() => {
      const shared = events.pipe(share());
      const over = shared.pipe(ignoreElements(), endWith(undefined));
      return shared.pipe(
        filter(({ type }) => talk.has(type)),
        switchMap((event) => {
          const after = event.type === 'ReplyEnded' && event.heard !== '' && !event.interrupted ? afterMs() : undefined;
          return after === undefined ? NEVER : timer(after).pipe(map((): Idle => ({ type: 'Idle' })));
        }),
        takeUntil(over),
      );
    });
}

/** What is said, or is about to be said, by either side. */
const talk: ReadonlySet<string> = new Set([
  'StartOfTurn',
  'EagerEndOfTurn',
  'EndOfTurn',
  'TurnTaken',
  'DraftStarted',
  'ReplyStarted',
  'ReplyEnded',
]);
