import type { TurnEvent, TurnType } from '../../operators/events.ts';
import { wordsIn } from '../../operators/speech/wordEnds.ts';

/** A turn event for a test: its type, its transcript so far, its turn. The words have no times. */
export function turnEvent(type: TurnType, transcript: string, turn = '0:0', more: Partial<TurnEvent> = {}): TurnEvent {
  return {
    type,
    turn,
    transcript,
    words: wordsIn(transcript).map((word) => ({ word, confidence: 1 })),
    confidence: 0.5,
    audioEndMs: 0,
    ...more,
  };
}

/**
 * The marble alphabet of turns: `s` start, `u` update, `e` eager, `r` resumed, `E` end, of one turn that grows from "book" to
 * "book a table" and, once resumed, to "book a table for two"; `f` and `F` are its second eager end and end. `S`, `d` and `D`
 * belong to the next turn: start, eager end, end.
 *
 *     -s-u-e-E--        confirmed
 *     -s-e-r-f-F        resumed, then confirmed
 *     -s-E----S-d-D     the next turn starts
 */
export const turns = {
  s: turnEvent('StartOfTurn', 'book'),
  u: turnEvent('Update', 'book a'),
  e: turnEvent('EagerEndOfTurn', 'book a table'),
  r: turnEvent('TurnResumed', 'book a table for'),
  E: turnEvent('EndOfTurn', 'book a table'),
  f: turnEvent('EagerEndOfTurn', 'book a table for two'),
  F: turnEvent('EndOfTurn', 'book a table for two'),
  S: turnEvent('StartOfTurn', 'no', '0:1'),
  d: turnEvent('EagerEndOfTurn', 'no three', '0:1'),
  D: turnEvent('EndOfTurn', 'no three', '0:1'),
} as const;
