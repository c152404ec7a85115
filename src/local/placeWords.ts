import type { TurnWord } from './turnStateMachine.ts';

/** A stretch of voice, ms on the connection's audio clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Gives words a place in time. The recogniser tells none, so they are **interpolated**: laid along the voiced stretches, pauses
 * left out, each as long as its share of the letters. The first begins where the voice began, the last ends where it ended;
 * those between are estimates, some tenths of a second off.
 *
 * `confidence` is no measurement either: 0.95 for a word that the reading before this one had at the same place, else 0.75.
 */
export function placeWords(words: readonly string[], before: readonly string[], voiced: readonly Stretch[]): TurnWord[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const total = voiced.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  return words.map((word, index) => {
    const start = moment(voiced, (done / letters) * total, 'after');
    done += word.length;
    const end = moment(voiced, (done / letters) * total, 'before');
    return { word, confidence: word === before[index] ? 0.95 : 0.75, start: start / 1000, end: end / 1000 };
  });
}

/** The moment after so much voice; at a pause, its end for a word that starts, its beginning for one that ends. */
function moment(voiced: readonly Stretch[], voice: number, side: 'after' | 'before'): number {
  let left = voice;
  let last = 0;
  for (const { from, to } of voiced) {
    if (side === 'after' ? left < to - from : left <= to - from) return Math.round(from + left);
    left -= to - from;
    last = to;
  }
  return last;
}
