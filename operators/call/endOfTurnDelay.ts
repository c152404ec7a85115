import type { TurnEvent } from '../events.ts';

/**
 * Measures the wait for the end of a turn on the audio clock: from the end of the last word to the end of the audio that the
 * `EndOfTurn` covers, in ms. Null where the last word has no times. Not exported from `sluice`.
 */
export function endOfTurnDelay({ words, audioEndMs }: Pick<TurnEvent, 'words' | 'audioEndMs'>): number | null {
  const endOfSpeech = words.at(-1)?.to;
  return endOfSpeech === undefined ? null : Math.max(0, audioEndMs - endOfSpeech);
}
