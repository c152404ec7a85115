import { alignedSegment, type AlignedSegment } from './alignedSegment.ts';
import type { AlignedWord } from './alignedWords.ts';
import { durationMs } from '../audio/duration.ts';
import type { Speech } from '../events.ts';
import { SpeakingPace } from './speakingPace.ts';

/** A segment of a reply; it starts at character `from` of the reply's text and at `fromMs` of its audio. */
interface Segment extends AlignedSegment {
  readonly text: string;
  readonly from: number;
  readonly fromMs: number;
  audioMs: number;
  ended: boolean;
  readonly brokenOff?: boolean;
}

/**
 * Returns the words heard of one reply for any playback position. Speech is added as it arrives.
 *
 * Consecutive chunks with the same text are one segment; `last` or another text ends it. Inside a segment the spoken characters
 * are in proportion to the time, and a word is heard when its match in the spoken text was spoken whole (`alignedWords`): of "See
 * [the menu](https://x.y)." after "See the" it is "See [the". Until a segment ends, and also if its audio ended early
 * (`brokenOff`), its duration is estimated: the audio so far, or the spoken characters times the measured ms per character,
 * whichever is longer. Words that were returned for a position are returned there and later, whatever is measured afterwards.
 */
export class Hearing {
  readonly #segments: Segment[] = [];
  readonly #minimum = new Minimum();
  #text = '';
  readonly #pace: SpeakingPace;

  /** @param msPerCharacter used until a segment has ended */
  constructor(msPerCharacter?: number) {
    this.#pace = new SpeakingPace(msPerCharacter);
  }

  /** The time of a character in this voice, from the segments that ended. */
  get msPerCharacter(): number {
    return this.#pace.msPerCharacter;
  }

  /** The duration of the audio added so far. */
  get audioMs(): number {
    const last = this.#segments.at(-1);
    return last ? last.fromMs + last.audioMs : 0;
  }

  /** Adds the next chunk, in the order of playing. */
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

  /** Returns the words heard after `heardMs`, as the model wrote them, trimmed; after all audio, all words. */
  at(heardMs: number): string {
    const characters = this.#minimum.raise(heardMs, this.#charactersAt(heardMs));
    return this.#text.slice(0, characters).trim();
  }

  #begin(speech: Speech): Segment {
    const { text } = speech;
    const { words, spokenLength } = alignedSegment(speech); // named, since a spread of it is slower at each position
    const from = this.#text.length;
    const segment: Segment = { words, spokenLength, text, from, fromMs: this.audioMs, audioMs: 0, ended: false };
    this.#segments.push(segment);
    this.#text += text;
    return segment;
  }

  #breakOff(segment: Segment, speech: Speech): void {
    const { text } = speech;
    const last = this.#segments.length - 1;
    this.#segments[last] = { ...segment, ...alignedSegment(speech), text, ended: true, brokenOff: true };
    this.#text = this.#text.slice(0, segment.from) + text;
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

/** Positions are sums of fractions: smaller differences, in ms or characters, do not count. */
const tolerance = 0.001;
const fromMs = (segment: Segment) => segment.fromMs;
const spokenEnd = (word: AlignedWord) => word.spokenEnd;

/** Keeps what `at` returned, so that it never shrinks. */
class Minimum {
  readonly #steps: { readonly ms: number; readonly characters: number }[] = [];

  /** Returns and remembers the greater of `characters` and what was returned for this position or an earlier one. */
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

/** Returns the index of the last item whose value is at most `limit`, or -1. The values ascend. */
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
