import { placeWords, type VoiceInterval } from './placeWords.ts';
import { SampleBuffer } from './sampleBuffer.ts';
import type { TurnWord } from './turnMessages.ts';
import { lettersOf, withoutHallucinations } from './withoutHallucinations.ts';

/** Kept before the voice is noticed, which is about 0.1 s late. After more silence than this Moonshine returns no text. */
const preRollMs = 320;
/** From less audio than this Moonshine hallucinates ("Don't forget to subscribe."). */
const firstAtMs = 700;
const beforeFirstWordsMs = 160;
/** Shorter audio is the rest of a turn that was ended in the middle of a word; it is not transcribed. */
const tooShortMs = 350;
/** The end of a word that the voice detector no longer takes for voice. */
const wordEndMs = 64;
/** How late the voice detector notices voice and its end (measured by eye against the level, on five clips). */
const voiceNoticedMs = 128;
export const silenceNoticedMs = 224;
/** Silence appended to the audio: it makes loops and half words at the cut rarer. */
const padMs = 250;
/** Longer pauses inside a turn are shortened to this. */
const pauseMs = 600;
/** Audio of this length is frozen at the next silence of this length. */
const freezeAt = [
  { windowMs: 10_000, silenceMs: 300 },
  { windowMs: 20_000, silenceMs: 1 },
  { windowMs: 27_000, silenceMs: 0 },
] as const;

/**
 * Transcribes the audio of a turn while it grows: decides when the recogniser runs again, and guards against hallucinations.
 *
 * The recogniser transcribes the whole turn so far: first after 0.7 s of audio, then each 0.16 s until two transcripts agree on
 * the first word (or there are three), then each quarter of the length (0.32 to 1.5 s), 0.2 s after voice comes back, and when
 * voice ends. From 10 s on the words so far are frozen at a pause, and only later audio is transcribed. All by audio time.
 */
export class TurnTranscriber {
  readonly #transcribe: (samples: Float32Array) => string;
  readonly #samples = new SampleBuffer();
  #frozen: readonly TurnWord[] = [];
  #latest: readonly TurnWord[] = [];
  #voice: VoiceInterval[] = [];
  #before: readonly string[] = [];
  #words: readonly string[] = [];
  #transcripts = 0;
  #trusted = false;
  #waiting = true;
  #wasVoice = false;
  #nextAt = 0;
  #lastAt = -Infinity;

  /** `transcribe`: the recogniser, from 16 kHz samples to text. */
  constructor(transcribe: (samples: Float32Array) => string) {
    this.#transcribe = transcribe;
  }

  /** Adds a frame. Returns the turn's words if they were transcribed again. */
  accept(frame: Float32Array, at: number, silenceMs: number): readonly TurnWord[] | undefined {
    const isVoice = silenceMs === 0;
    const wasVoice = this.#wasVoice;
    this.#wasVoice = isVoice;
    this.#samples.push(frame);
    if (isVoice && !wasVoice) this.#voiceStarts(at);
    if (this.#waiting) {
      this.#samples.keepLast(preRollMs);
      return undefined;
    }
    let words: readonly TurnWord[] | undefined;
    if (isVoice) {
      this.#extendVoice(at);
      if (at >= this.#nextAt) words = this.#update(at);
    } else {
      if (silenceMs > pauseMs) this.#samples.cut(preRollMs, frame.length);
      if (wasVoice) words = this.#voiceEnds(at);
    }
    if (!this.#trusted && silenceMs > pauseMs) this.reset(at);
    else if (freezeAt.some((limit) => this.#samples.ms >= limit.windowMs && silenceMs >= limit.silenceMs)) this.#freeze(at);
    return words;
  }

  /** The audio is over: transcribes the rest. */
  flush(at: number): readonly TurnWord[] | undefined {
    if (!this.#wasVoice || this.#waiting) return undefined;
    this.#update(at);
    return this.#finalWords();
  }

  /** The turn is over: drops its audio and words. */
  reset(at: number): void {
    this.#frozen = [];
    this.#trusted = false;
    this.#transcripts = 0;
    this.#restart(at);
  }

  #voiceStarts(at: number): void {
    this.#voice.push({ from: Math.max(0, at - voiceNoticedMs), to: at });
    this.#nextAt = this.#waiting ? at + firstAtMs - this.#samples.keepLast(preRollMs) : at + 200;
    this.#waiting = false;
  }

  /** Voice ended a while ago. A transcript made since then has all of it. */
  #voiceEnds(at: number): readonly TurnWord[] | undefined {
    const ended = at - silenceNoticedMs;
    this.#extendVoice(ended);
    if (this.#lastAt < ended + wordEndMs) this.#update(at);
    return this.#finalWords();
  }

  #extendVoice(at: number): void {
    const last = this.#voice.at(-1);
    if (last) this.#voice[this.#voice.length - 1] = { from: last.from, to: Math.max(last.from, at) };
  }

  #update(at: number): readonly TurnWord[] | undefined {
    const text = this.#text();
    this.#lastAt = at;
    if (text !== '') {
      this.#before = this.#words;
      this.#words = text.split(' ');
      this.#transcripts++;
      this.#trusted ||= this.#transcripts > 2 || lettersOf(this.#before[0] ?? '') === lettersOf(this.#words[0] ?? '');
    }
    this.#nextAt = at + (this.#trusted ? Math.min(1500, Math.max(320, this.#samples.ms / 4)) : beforeFirstWordsMs);
    return text === '' ? undefined : this.#placedWords();
  }

  /** The last transcript is trusted, because no further one comes. */
  #finalWords(): readonly TurnWord[] | undefined {
    this.#trusted ||= this.#words.length > 0;
    return this.#placedWords();
  }

  #placedWords(): readonly TurnWord[] | undefined {
    if (!this.#trusted || this.#words.length === 0) return undefined;
    this.#latest = placeWords(this.#words, this.#before, this.#voice);
    return [...this.#frozen, ...this.#latest];
  }

  #text(): string {
    if (this.#samples.ms < tooShortMs) return '';
    const text = withoutHallucinations(this.#transcribe(this.#samples.read(padMs)));
    return text === '' ? withoutHallucinations(this.#transcribe(this.#samples.read(0))) : text;
  }

  #freeze(at: number): void {
    this.flush(at);
    this.#frozen = [...this.#frozen, ...this.#latest];
    this.#restart(at);
  }

  #restart(at: number): void {
    this.#before = [];
    this.#words = [];
    this.#latest = [];
    this.#waiting = !this.#wasVoice;
    this.#voice = this.#wasVoice ? [{ from: at, to: at }] : [];
    this.#nextAt = at + firstAtMs;
    this.#lastAt = -Infinity;
    this.#samples.keepLast(0);
  }
}
