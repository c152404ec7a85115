import type { Sentence } from '../../operators/events.ts';

/**
 * A sentence in pieces whose words for the voice have at most `most` characters each, cut between words where there are
 * any. The model's wording is cut in the same proportion: what belongs to what is only about right then, but nothing is
 * lost. Hardly any sentence is that long.
 */
export function pieces({ text, spoken }: Sentence, most: number): Sentence[] {
  const cut: Sentence[] = [];
  while (spoken.length > most) {
    const spokenAt = lastWordEnd(spoken, most);
    const textAt = nextWordEnd(text, Math.round((text.length * spokenAt) / spoken.length));
    cut.push({ text: text.slice(0, textAt), spoken: spoken.slice(0, spokenAt) });
    text = text.slice(textAt);
    spoken = spoken.slice(spokenAt);
  }
  return [...cut, { text, spoken }];
}

/** The end of the last word that ends at `at` or before, or `at` itself, but never inside a character. */
function lastWordEnd(text: string, at: number): number {
  const space = text.slice(0, at + 1).search(/\s\S*$/);
  if (space > 0) return space;
  return /^[\uDC00-\uDFFF]/.test(text.slice(at)) && at > 1 ? at - 1 : at;
}

function nextWordEnd(text: string, at: number): number {
  const space = text.slice(at).search(/\s/);
  return space < 0 ? text.length : at + space;
}
