import { endsBefore, fullStop } from './fullStop.ts';
import { closers, isOpening, OpenDelimiters } from './openDelimiters.ts';

const escaped = `${closers}“`.replace(/[\]\\^-]/g, '\\$&');
const ending = new RegExp(`([.!?…。！？｡।॥؟۔]+)([${escaped}]*)$`, 'u');
const quoteEnded = new RegExp(`[!?。！？｡][${escaped}]+$`, 'u');
const clauseEnding = new RegExp(`(?:[,;:–—，、；：][${escaped}]*|^-)$`, 'u');
const isSpace = (char: string) => /\s/u.test(char);
const isWordy = (text: string) => /[\p{L}\p{N}]/u.test(text);
const isAddress = (word: string) => /:\/\/|www\.|\.\p{L}+\//iu.test(word);
const letters = /[A-Za-z]+/y;
let graphemes: Intl.Segmenter | undefined;

/** The limits of `sentences`, in characters. */
export interface Lengths {
  readonly firstAfter: number;
  readonly longest: number;
}

/**
 * Cuts a text that arrives in pieces into sentences. The cuts depend on the text only, not on the pieces: where the next characters
 * matter, it waits for them. Takes time in proportion to the text.
 */
export class Splitter {
  readonly #lengths: Lengths;
  readonly #marks = new OpenDelimiters();
  #text = '';
  /** The next character to look at, and the one before it, even of the last sentence. */
  #at = 0;
  #before = '';
  #first = true;
  /** Whether the line and the sentence have a word so far. */
  #lineWordy = false;
  #wordy = false;
  /** Places in the sentence: start of its first word, start and end of its latest word, last gap, end of its last clause. */
  #lead = 0;
  #wordStart = 0;
  #wordEnd = 0;
  #gap = 0;
  #clause = 0;

  constructor(lengths: Lengths) {
    this.#lengths = lengths;
  }

  /** Adds a piece. Returns the sentences that it ends. */
  push(piece: string): string[] {
    this.#text += piece;
    return this.#cutAll(false);
  }

  /** Ends the text. Returns the rest, if it is more than white space. */
  flush(): string[] {
    const sentences = this.#cutAll(true);
    const rest = this.#text;
    this.#text = '';
    return rest.trim() === '' ? sentences : [...sentences, rest.trimEnd()];
  }

  #cutAll(complete: boolean): string[] {
    const sentences: string[] = [];
    for (let end = this.#nextEnd(complete); end > 0; end = this.#nextEnd(complete)) {
      sentences.push(this.#text.slice(0, end));
      this.#text = this.#text.slice(end);
      this.#first = false;
      this.#wordy = false;
      this.#at = this.#lead = this.#wordStart = this.#wordEnd = this.#gap = this.#clause = 0;
    }
    return sentences;
  }

  /** Returns the end of the sentence; 0 while it is not known. */
  #nextEnd(complete: boolean): number {
    while (this.#at < this.#text.length) {
      this.#passLetters();
      if (this.#at >= this.#text.length) return 0;
      const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      const half = /[\uD800-\uDBFF]$/.test(char) && this.#at + 1 === this.#text.length;
      const end = half ? undefined : this.#endAt(this.#at, char);
      if (end === undefined && !complete) return 0;
      if (end !== undefined && end > 0 && end <= this.#at) return end;
      this.#see(char);
      if (end !== undefined && end > 0) return end;
    }
    return 0;
  }

  /** Skips letters after a letter, which end nothing: most of a text. */
  #passLetters(): void {
    if (this.#at === 0 || this.#at !== this.#wordEnd || !/[A-Za-z]/.test(this.#before)) return;
    letters.lastIndex = this.#at;
    const length = letters.exec(this.#text)?.[0].length ?? 0;
    const end = Math.min(this.#at + length, this.#lead + this.#lengths.longest);
    if (end <= this.#at) return;
    this.#before = this.#text.charAt(end - 1);
    this.#at = this.#wordEnd = end;
  }

  /** Returns the end of the sentence if it is before or right after the character at `i`, else 0; `undefined` waits for more. */
  #endAt(i: number, char: string): number | undefined {
    if (this.#wordy) {
      if (char === '\n') return this.#wordEnd;
      const end = isSpace(char) ? this.#endAtGap(i) : this.#endInWord(i, char);
      if (end !== 0) return end;
    }
    if (i + char.length - this.#lead > this.#lengths.longest) return this.#longestEnd(i);
    return this.#wordy && this.#endsAtOnce(i, char) ? i + char.length : 0;
  }

  #endAtGap(i: number): number | undefined {
    if (isSpace(this.#before)) return 0;
    const word = this.#text.slice(this.#wordStart, i);
    const [, stops = '', quotes = ''] = ending.exec(word) ?? [];
    if (stops !== '') {
      const stem = word.slice(0, word.length - stops.length - quotes.length).replace(/^[^\p{L}\p{N}]+/u, '');
      const condition =
        stops === '.' ? fullStop(stem, !this.#lineWordy) : /^[.…]+$/.test(stops) || stem === '' ? 'notSmall' : 'nothing';
      const ends = endsBefore(this.#text, i, condition === 'nothing' && quotes !== '' ? 'notSmall' : condition);
      if (ends !== false) return ends && i;
    }
    return this.#first && clauseEnding.test(word) && i - 1 - this.#lead >= this.#lengths.firstAfter ? i : 0;
  }

  /** Ends at a mark that waited for an open quote in vain, or at a quotation that another one follows. */
  #endInWord(i: number, char: string): number {
    if (isSpace(this.#before)) return 0;
    const word = this.#text.slice(this.#wordStart, i);
    const marked = /[!?。！？｡।॥؟۔]$/u.test(word) && !/[.!?…。！？｡।॥؟۔]/u.test(char) && !this.#closes(char);
    if (marked) return isWordy(word) && !isAddress(word) && !this.#marks.code ? i : 0;
    return isOpening(char) && quoteEnded.test(word) ? i : 0;
  }

  /** The mark that closes „…“ opens “…”. */
  #closes(char: string): boolean {
    return closers.includes(char) || (char === '“' && this.#marks.any);
  }

  #endsAtOnce(i: number, char: string): boolean {
    if (/[，、；：—]/u.test(char)) return this.#first && i - this.#lead >= this.#lengths.firstAfter;
    if (this.#marks.any) return false;
    if (/[。！？｡।॥؟۔]/u.test(char)) return true;
    if (char !== '!' && char !== '?') return false;
    const word = isSpace(this.#before) ? '' : this.#text.slice(this.#wordStart, i);
    return isWordy(word) && !isAddress(word);
  }

  /** Cuts a sentence that is too long: after its last clause if that is not too short, else after its last word. */
  #longestEnd(i: number): number {
    this.#marks.clear();
    if (this.#clause - this.#lead > this.#lengths.longest / 2) return this.#clause;
    if (this.#gap > this.#lead) return this.#gap;
    graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' }); // slow to create, and few texts need it
    const grapheme = graphemes.segment(this.#text.slice(this.#lead, i + 2)).containing(i - this.#lead)?.index ?? 0;
    return grapheme > 0 ? this.#lead + grapheme : 0; // a single grapheme stays whole
  }

  #see(char: string): void {
    const i = this.#at;
    this.#marks.see(char, this.#before);
    if (isSpace(char)) {
      if (i > 0 && !isSpace(this.#before)) {
        this.#gap = i;
        if (clauseEnding.test(this.#text.slice(this.#wordStart, i))) this.#clause = i;
        this.#lineWordy ||= isWordy(this.#text.slice(this.#wordStart, i));
      }
      if (char === '\n') this.#lineWordy = false;
      if (this.#wordEnd === 0) this.#lead = i + 1;
    } else {
      if (i === 0 || isSpace(this.#before)) this.#wordStart = i;
      if (/[，、；：—]/u.test(char)) this.#clause = i + 1;
      this.#wordEnd = i + char.length;
      this.#wordy ||= isWordy(char);
    }
    this.#before = char;
    this.#at = i + char.length;
  }
}
