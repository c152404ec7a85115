import { alignedWords, type AlignedWord } from './alignedWords.ts';
import type { Sentence, Speech } from '../events.ts';

/** The words of a segment of speech, and the number of characters spoken for them. */
export interface AlignedSegment {
  readonly words: readonly AlignedWord[];
  readonly spokenLength: number;
}

/**
 * Aligns the words of a segment, sentence by sentence. If the sentences are not those of the text, it is taken to be spoken as
 * written. A sentence without spoken words joins the next one, and at the end of the segment the last.
 */
export function alignedSegment({ text, sentences = [] }: Pick<Speech, 'text' | 'sentences'>): AlignedSegment {
  if (sentences.map((sentence) => sentence.text).join('') !== text)
    return alignedSegment({ text, sentences: [{ text, spoken: text }] });
  const words: AlignedWord[] = [];
  let unspoken = '';
  let from = 0;
  let spokenFrom = 0;
  const add = (sentence: Sentence) => {
    for (const { end, spokenEnd } of alignedWords(sentence.text, sentence.spoken))
      words.push({ end: from + end, spokenEnd: spokenFrom + spokenEnd });
    from += sentence.text.length;
  };

  for (const { text, spoken } of sentences) {
    unspoken += text;
    if (spoken === '') continue;
    if (spokenFrom > 0) spokenFrom++; // the space between two sentences
    add({ text: unspoken, spoken });
    spokenFrom += spoken.length;
    unspoken = '';
  }
  if (unspoken !== '') add({ text: unspoken, spoken: '' });
  return { words, spokenLength: spokenFrom };
}
