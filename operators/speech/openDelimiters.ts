const opening = '([{（【「『《〈«„';
const closing = ')]}）】」』》〉»”';
const paired = '"*_~`';

/** Characters that belong to the sentence when they follow its last mark. */
export const closers = `${closing}${paired}'’›`;

export const isOpening = (char: string): boolean => opening.includes(char) || char === '“';

/**
 * Knows which quotes, brackets and emphasis marks are open at a place in a text: while one is, a closing one may follow "!". A wrong
 * guess only delays the end of the sentence by a character. A new line closes all. Single quotes are ignored, since most are
 * apostrophes.
 */
export class OpenDelimiters {
  #depth = 0;
  readonly #pairs = new Set<string>();
  #opened = '';

  get any(): boolean {
    return this.#depth > 0 || this.#pairs.size > 0;
  }

  /** Inside `code`, where "!" and "?" end no sentence. */
  get code(): boolean {
    return this.#pairs.has('`');
  }

  clear(): void {
    this.#depth = 0;
    this.#pairs.clear();
  }

  /** Notes the next character and the one before it. */
  see(char: string, before: string): void {
    const afterGap = before === '' || /[\s\-–—]/.test(before) || isOpening(before) || paired.includes(before);
    if (char === '\n') this.clear();
    // A mark before a gap opens nothing: "2 * 3", "* item".
    else if (/\s/.test(char)) this.#pairs.delete(this.#opened === before ? before : '');
    else if (char === '“' && this.#depth > 0 && !afterGap) this.#depth--;
    else if (isOpening(char)) this.#depth++;
    else if (closing.includes(char)) this.#depth = Math.max(0, this.#depth - 1);
    else if (paired.includes(char) && char !== before) this.#turn(char, afterGap);
  }

  #turn(char: string, afterGap: boolean): void {
    const opens = afterGap && !this.#pairs.has(char);
    this.#opened = opens ? char : '';
    if (opens) this.#pairs.add(char);
    else this.#pairs.delete(char);
  }
}
