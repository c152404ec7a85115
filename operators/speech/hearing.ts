import type { AlignedWord } from './alignedWords.ts';
import { durationMs } from '../audio/duration.ts';
import type { Speech } from '../events.ts';
import { SpeakingPace } from './speakingPace.ts';
import { wordingOf, type Wording } from './wording.ts';

/** A stretch of speech: its text, which starts at `from` characters of the whole and at `fromMs` of the sound. */
interface Segment extends Wording {
  readonly text: string;
  readonly from: number;
  readonly fromMs: number;
  audioMs: number;
  ended: boolean;
  readonly brokenOff?: boolean;
}

/**
 * Which of the model's words were heard, from how much of the sound was. Speech is added as it comes; `at` answers for any
 * position, at any time.
 *
 * Chunks that follow one another with the same text are one segment; `last`, or another text, ends it. Inside a segment the
 * share of what is spoken is the share of its length, and the words are those of which the counterpart was spoken whole
 * (`alignedWords`): of "See [the menu](https://x.y)." after "See the" it is "See [the". Until it has ended its length is the
 * greater of the audio so far and its spoken characters times the learned ms per character, and so it stays where the sound broke
 * off (`brokenOff`); the rest of such a segment's text comes later, or not. What was said to be heard at a
 * position stays heard there and after, whatever is learned later. One `Hearing` is one reply.
 */
export class Hearing {
  readonly #segments: Segment[] = [];
  readonly #known = new Floor();
  #text = '';
  readonly #pace: SpeakingPace;

  /** @param msPerCharacter holds until a segment has ended */
  constructor(msPerCharacter?: number) {
    this.#pace = new SpeakingPace(msPerCharacter);
  }

  /** How long a character takes in this voice, as far as it is known. */
  get msPerCharacter(): number {
    return this.#pace.msPerCharacter;
  }

  /** How much sound was added so far. */
  get audioMs(): number {
    const last = this.#segments.at(-1);
    return last ? last.fromMs + last.audioMs : 0;
  }

  /** Takes the next chunk, in the order of playing. */
  add(speech: Speech): void {
    let segment = this.#segments.at(-1);
    if (segment && speech.brokenOff) {
      this.#breakOff(segment, speech);
      return;
    }
    if (segment && !segment.ended && segment.text !== speech.text) this.#end(segment);
    if (!segment || segment.ended) segment = this.#begin(speech);
    segment.audioMs += durationMs(speech.audio);
    if (speech.last) this.#end(segment);
  }

  /** The words heard once this much was, the texts joined and trimmed: all of them when everything was played. */
  at(heardMs: number): string {
    const characters = this.#known.raise(heardMs, this.#charactersAt(heardMs));
    return this.#text.slice(0, characters).trim();
  }

  #begin(speech: Speech): Segment {
    const { text } = speech;
    const { words, spokenLength } = wordingOf(speech);
    const segment = { words, spokenLength, text, from: this.#text.length, fromMs: this.audioMs, audioMs: 0, ended: false };
    this.#segments.push(segment);
    this.#text += text;
    return segment;
  }

  #breakOff(segment: Segment, speech: Speech): void {
    this.#segments[this.#segments.length - 1] = {
      ...segment,
      ...wordingOf(speech),
      text: speech.text,
      ended: true,
      brokenOff: true,
    };
    this.#text = this.#text.slice(0, segment.from) + speech.text;
  }

  #end(segment: Segment): void {
    segment.ended = true;
    if (segment.audioMs > 0) this.#pace.learn(segment.audioMs, segment.spokenLength);
  }

  #charactersAt(heardMs: number): number {
    const segment = heardMs > 0 ? this.#segments[lastAtMost(this.#segments, heardMs, fromMs)] : undefined;
    if (!segment) return 0;
    const { text, from, fromMs: startMs, audioMs, words, spokenLength } = segment;
    const ended = segment.ended && !segment.brokenOff;
    const positionMs = heardMs - startMs;
    if (ended && positionMs >= audioMs - tolerance) return from + text.length;
    const lengthMs = ended ? audioMs : Math.max(audioMs, spokenLength * this.msPerCharacter);
    const share = lengthMs > 0 ? Math.min(positionMs, audioMs) / lengthMs : 0;
    const word = words[lastAtMost(words, share * spokenLength + tolerance, spokenEnd)];
    return from + (word?.end ?? 0);
  }
}

/** Positions are sums of fractions: a thousandth of a millisecond, or of a character, is none. */
const tolerance = 0.001;
const fromMs = (segment: Segment) => segment.fromMs;
const spokenEnd = (word: AlignedWord) => word.spokenEnd;

/** The least that is heard at each position, from what was said before. */
class Floor {
  readonly #steps: { readonly ms: number; readonly characters: number }[] = [];

  /** The greater of `characters` and what was said for this position or an earlier one; remembered. */
  raise(ms: number, characters: number): number {
    const step = lastAtMost(this.#steps, ms, (known) => known.ms);
    const least = this.#steps[step]?.characters ?? 0;
    if (characters <= least) return least;
    let overtaken = 0;
    while ((this.#steps[step + 1 + overtaken]?.characters ?? Infinity) <= characters) overtaken++;
    this.#steps.splice(step + 1, overtaken, { ms, characters });
    return characters;
  }
}

/** The index of the last item whose value is at most `limit`, the values ascending; -1 if there is none. */
function lastAtMost<T>(items: readonly T[], limit: number, value: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && value(item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
