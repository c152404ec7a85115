import type { Sentence } from '../../operators/events.ts';

/**
 * Cuts a sentence into pieces with at most `most` characters for the voice, between words where possible. The model's wording is
 * cut in the same proportion, so the two match only approximately, but nothing is lost.
 */
export function speakPieces({ text, spoken }: Sentence, most: number): Sentence[] {
  const pieces: Sentence[] = [];
  while (spoken.length > most) {
    const spokenAt = lastWordEnd(spoken, most);
    const textAt = nextWordEnd(text, Math.round((text.length * spokenAt) / spoken.length));
    pieces.push({ text: text.slice(0, textAt), spoken: spoken.slice(0, spokenAt) });
    text = text.slice(textAt);
    spoken = spoken.slice(spokenAt);
  }
  return [...pieces, { text, spoken }];
}

/** The end of the last word that ends at `at` or before, otherwise `at` itself, but never inside a character. */
function lastWordEnd(text: string, at: number): number {
  const space = text.slice(0, at + 1).search(/\s\S*$/);
  if (space > 0) return space;
  return /^[\uDC00-\uDFFF]/.test(text.slice(at)) && at > 1 ? at - 1 : at;
}

function nextWordEnd(text: string, at: number): number {
  const space = text.slice(at).search(/\s/);
  return space < 0 ? text.length : at + space;
}
