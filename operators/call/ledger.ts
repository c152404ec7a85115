import { defer, filter, map, type OperatorFunction } from 'rxjs';
import { Bookkeeper } from './bookkeeper.ts';
import type { DropReason } from '../events.ts';
import type { Timed } from './latency.ts';

/** Drafts or replies, and what they cost: tokens received from the model, characters handed to the voice. */
export interface Cost {
  readonly count: number;
  readonly tokens: number;
  readonly characters: number;
}

/** What became of a draft or a reply: dropped and why, kept, asked for at the turn's end, or said without a model. */
export type Fate = DropReason | 'kept' | 'asked' | 'said';

/** A draft or a reply that is over. */
export interface Entry {
  readonly reply: number;
  /** Missing on a greeting and the like. */
  readonly turn?: string;
  readonly fate: Fate;
  readonly tokens: number;
  readonly characters: number;
  /** How much earlier it was heard for having been drafted; null if it was not, or was not heard. */
  readonly wonMs: number | null;
}

/** What speculation has cost so far, and what it has won. */
export interface Ledger {
  /** Drafts started. */
  readonly started: number;
  /** Drafts that became the reply. */
  readonly kept: Cost;
  /** Drafts thrown away, by reason. */
  readonly dropped: Readonly<Record<DropReason, Cost>>;
  /** Replies that were asked for at the end of the turn. */
  readonly asked: Cost;
  /** Lines that answer no turn: a greeting, `say`. */
  readonly said: Cost;
  /** All of these together. */
  readonly all: Cost;
  /**
   * What was not spent, to keep a budget (`speculateWithin`): drafts that were not begun, of turns that were answered; and those
   * whose speech waited for the end of the turn, which are among `started`.
   */
  readonly shed: { readonly drafts: number; readonly speech: number };
  /** Won on all turns together, and on how many. */
  readonly wonMs: number;
  readonly won: number;
  /** What was entered last. */
  readonly latest?: Entry;
}

/**
 * What eager drafts cost and win, after each draft that starts or is dropped and each reply that ends.
 *
 *     events     -e-D-t-r-X--e-D-t-E-K-a-h--Z-|      D: DraftStarted, X: DraftDropped, K: ReplyStarted, Z: ReplyEnded
 *     result     ---1-----2----3------------4-|      1: one started · 2: one dropped, its tokens in vain · 4: one kept
 *
 * A turn has won what its kept draft was ahead: asked only when the reply started, the same model and voice would have been
 * heard that much later. That is the time from `DraftStarted` to `ReplyStarted`, but no more than the reply took to get ready:
 * a draft that waits at the gate wins nothing more. Ready is the first audio, where the voice had begun to make it before; where
 * the sentences waited for the turn's end, only the first token is known to have been saved: the least that was won. A reply
 * of which nothing was heard won nothing that is known.
 *
 * A drafted reply may be cut short: its cost is counted, as far as it came. `characters` of a dropped draft are those the voice
 * billed, of a reply those of its sentences. Deepgram expects 50 to 70 % more model calls with eager drafts (`inTheField`).
 * It remembers the last few drafts and replies only. Completion and errors are those of the events.
 */
export function ledger(): OperatorFunction<Timed, Ledger> {
  return (events) =>
    defer(() => {
      const book = new Bookkeeper();
      return events.pipe(
        filter((event) => book.see(event)),
        map(() => book.ledger),
      );
    });
}

/** What eager drafts cost elsewhere, to hold a ledger against (developers.deepgram.com/docs/flux/voice-agent-eager-eot). */
export const inTheField = 'In the field eager drafts cost 50 to 70 % more model calls, and win 100 to 200 ms a turn.';
