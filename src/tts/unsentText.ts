import type { Sentence } from '../../operators/events.ts';

/** The text of some sentences for the voice. A space follows each, because the service joins texts as they are. */
export function spokenOf(sentences: readonly Sentence[]): string {
  const words = sentences.map(({ spoken }) => spoken.trim()).filter((spoken) => spoken !== '');
  return words.map((spoken) => `${spoken} `).join('');
}

/** The sentences of a reply that are not sent yet, in portions of a size that can be sent. */
export class UnsentText {
  readonly #most: number;
  #sentences: Sentence[] = [];

  /** @param most the longest text of a portion, in characters */
  constructor(most: number) {
    this.#most = most;
  }

  add(sentence: Sentence): void {
    this.#sentences.push(...speakPieces(sentence, this.#most - 1));
  }

  /** Puts sentences back to the front that must be sent again. */
  putBack(sentences: readonly Sentence[]): void {
    this.#sentences.unshift(...sentences);
  }

  /** The length of the next portion's text; 0 if none of it has words for the voice. */
  get nextLength(): number {
    return spokenOf(this.#sentences.slice(0, this.#fitting())).length;
  }

  /** Takes the next portion: as many sentences as fit, at least one. */
  take(): Sentence[] {
    return this.#sentences.splice(0, this.#fitting());
  }

  #fitting(): number {
    let count = 1;
    while (count < this.#sentences.length && spokenOf(this.#sentences.slice(0, count + 1)).length <= this.#most) count += 1;
    return count;
  }
}

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
