import type { TurnWord } from './turnMessages.ts';

/** Continuous voice, in ms on the connection's audio clock. */
export interface VoiceInterval {
  readonly from: number;
  readonly to: number;
}

/**
 * Gives words a place in time. The recogniser has no word times, so they are **interpolated**: the words are laid along the
 * voice without its pauses, each as long as its share of the letters. The first begins where the voice began, the last ends
 * where it ended; those between are estimates, off by some tenths of a second.
 *
 * `confidence` is no measurement either: 0.95 for a word that the transcript `before` this one had at the same place, else 0.75.
 */
export function placeWords(words: readonly string[], before: readonly string[], voice: readonly VoiceInterval[]): TurnWord[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const total = voice.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  return words.map((word, index) => {
    const start = clockTime(voice, (done / letters) * total, 'start');
    done += word.length;
    const end = clockTime(voice, (done / letters) * total, 'end');
    return { word, confidence: word === before[index] ? 0.95 : 0.75, start: start / 1000, end: end / 1000 };
  });
}

/** The time after `voiceMs` of voice. At a pause, a word starts after it and ends before it. */
function clockTime(voice: readonly VoiceInterval[], voiceMs: number, edge: 'start' | 'end'): number {
  let left = voiceMs;
  let last = 0;
  for (const { from, to } of voice) {
    if (edge === 'start' ? left < to - from : left <= to - from) return Math.round(from + left);
    left -= to - from;
    last = to;
  }
  return last;
}
