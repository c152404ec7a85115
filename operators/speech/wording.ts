import { alignedWords, type AlignedWord } from './alignedWords.ts';
import type { Sentence, Speech } from '../events.ts';

/** What a stretch of speech says: its words, and how many characters are spoken for them. */
export interface Wording {
  readonly words: readonly AlignedWord[];
  readonly spokenLength: number;
}

/**
 * The words of a segment, sentence by sentence where its sentences are known; else it is taken to be spoken as it is written.
 * A sentence of which nothing is said goes with the next one, and at the end with the segment's end.
 */
export function wordingOf({ text, sentences = [] }: Pick<Speech, 'text' | 'sentences'>): Wording {
  if (sentences.map((sentence) => sentence.text).join('') !== text)
    return wordingOf({ text, sentences: [{ text, spoken: text }] });
  const words: AlignedWord[] = [];
  let unsaid = '';
  let from = 0;
  let spokenFrom = 0;
  const add = (sentence: Sentence) => {
    for (const { end, spokenEnd } of alignedWords(sentence.text, sentence.spoken))
      words.push({ end: from + end, spokenEnd: spokenFrom + spokenEnd });
    from += sentence.text.length;
  };

  for (const { text, spoken } of sentences) {
    unsaid += text;
    if (spoken === '') continue;
    if (spokenFrom > 0) spokenFrom++; // the space between two sentences
    add({ text: unsaid, spoken });
    spokenFrom += spoken.length;
    unsaid = '';
  }
  if (unsaid !== '') add({ text: unsaid, spoken: '' });
  return { words, spokenLength: spokenFrom };
}
