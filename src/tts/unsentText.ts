import type { Sentence } from '../../operators/events.ts';
import { pieces } from './speakPieces.ts';

/** The text for the voice of some sentences: joined with a space and ending with one, for the far side joins texts as they come. */
export function spokenOf(sentences: readonly Sentence[]): string {
  const words = sentences.map(({ spoken }) => spoken.trim()).filter((spoken) => spoken !== '');
  return words.map((spoken) => `${spoken} `).join('');
}

/** The sentences of a reply that are not yet sent, in the portions in which they can be. */
export class Waiting {
  readonly #most: number;
  #sentences: Sentence[] = [];

  /** `most`: the longest text of a portion, in characters. */
  constructor(most: number) {
    this.#most = most;
  }

  add(sentence: Sentence): void {
    this.#sentences.push(...pieces(sentence, this.#most - 1));
  }

  /** Puts sentences that were sent in vain back to the front. */
  putBack(sentences: readonly Sentence[]): void {
    this.#sentences.unshift(...sentences);
  }

  /** The length of the next portion's text; 0 if nothing that waits has anything to say. */
  get nextLength(): number {
    return spokenOf(this.#sentences.slice(0, this.#fitting())).length;
  }

  /** The next portion: as many sentences as fit, at least one. */
  take(): Sentence[] {
    return this.#sentences.splice(0, this.#fitting());
  }

  #fitting(): number {
    let count = 1;
    while (count < this.#sentences.length && this.#fits(count + 1)) count += 1;
    return count;
  }

  #fits(count: number): boolean {
    return spokenOf(this.#sentences.slice(0, count)).length <= this.#most;
  }
}
