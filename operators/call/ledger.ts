import { defer, distinctUntilChanged, map, skip, startWith, type OperatorFunction } from 'rxjs';
import { Bookkeeper, type Ledger } from './bookkeeper.ts';
import type { Timed } from './latency.ts';

export type { Cost, Ledger } from './bookkeeper.ts';
export type { Entry, Fate } from './openReply.ts';

/**
 * Emits the costs and gains of eager drafts, after each draft that starts or is dropped and each reply that ends.
 *
 *     events     -e-D-t-r-X--e-D-t-E-K-a-h--Z-|      D: DraftStarted, X: DraftDropped, K: ReplyStarted, Z: ReplyEnded
 *     result     ---1-----2----3------------4-|      1: one started, 2: one dropped, 4: one kept
 *
 * The time won on a turn is how much later the same model and voice would have been heard if they had been asked only at
 * `ReplyStarted`. It is the time from `DraftStarted` to `ReplyStarted`, but at most the time until the draft was ready, since a
 * waiting draft wins nothing more. It is ready at its first audio; if its sentences waited for the end of the turn, only the time
 * to the first token is certain, and that counts. For a reply that was not heard, the time won is not known.
 *
 * The cost of an interrupted reply counts up to the interruption. `characters` of a dropped draft are those sent to the voice, of
 * a reply those of its sentences. Only the last few drafts and replies are remembered. Completion and errors pass.
 */
export function ledger(): OperatorFunction<Timed, Ledger> {
  return (events) =>
    defer(() => {
      const book = new Bookkeeper();
      return events.pipe(
        map((event) => {
          book.see(event);
          return book.ledger;
        }),
        startWith(book.ledger),
        distinctUntilChanged(),
        skip(1),
      );
    });
}

/** Deepgram's figures, to compare a ledger with (docs/wire/flux.md §7). */
export const inTheField = 'In the field eager drafts cost 50 to 70 % more model calls, and win 100 to 200 ms a turn.';
