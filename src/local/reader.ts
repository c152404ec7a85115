import { bare, guarded } from './guards.ts';
import { placeWords, type Stretch } from './placeWords.ts';
import { Tape } from './sampleBuffer.ts';
import type { TurnWord } from './turnStateMachine.ts';

/** The recogniser: 16 kHz samples in, text out. */
export type Decode = (samples: Float32Array) => string;

/** Kept before the voice is noticed, which is some 0.1 s late. Much silence before the first word makes Moonshine say nothing. */
const preRollMs = 320;
/** Below this much sound Moonshine invents ("Don't forget to subscribe."). */
const firstReadMs = 700;
const beforeFirstWordsMs = 160;
/** What is left of a turn that was ended in the middle of a word says nothing. */
const tooShortMs = 350;
/** A word's end that the voice detector no longer takes for voice. */
const wordEndMs = 64;
/** The voice detector notices voice, and its end, this late (by eye, against the sound's level, on five clips). */
const voiceNoticedMs = 128;
export const silenceNoticedMs = 224;
/** Silence put behind what is decoded: fewer loops and half words at the cut. */
const padMs = 250;
/** What is kept of a pause inside a turn. */
const pauseMs = 600;
/** A window this long is closed at the next pause this long: at last at any, or anywhere. */
const freezeFrom = [
  { windowMs: 10_000, silenceMs: 300 },
  { windowMs: 20_000, silenceMs: 1 },
  { windowMs: 27_000, silenceMs: 0 },
] as const;

/**
 * Reads the audio of a turn as it grows: decides when the recogniser looks at it again, and keeps it from inventing.
 *
 * It looks at the whole turn so far: first at 0.7 s of sound and each 0.16 s until two readings agree on the first word (or a
 * third has come), then each quarter of its length (0.32 to 1.5 s), 0.2 s after voice comes back, and when voice ends. From
 * 10 s on the text so far is frozen at a pause, and the window starts anew. All by audio time.
 */
export class Reader {
  readonly #decode: Decode;
  readonly #tape = new Tape();
  #frozen: readonly TurnWord[] = [];
  #latest: readonly TurnWord[] = [];
  #voiced: Stretch[] = [];
  #before: readonly string[] = [];
  #words: readonly string[] = [];
  #readings = 0;
  #believed = false;
  #waiting = true;
  #spoke = false;
  #readAt = 0;
  #lookedAt = -Infinity;

  constructor(decode: Decode) {
    this.#decode = decode;
  }

  /** One more frame. The turn's words, if they were read anew. */
  hear(frame: Float32Array, at: number, silenceMs: number): readonly TurnWord[] | undefined {
    const speaking = silenceMs === 0;
    const rose = speaking && !this.#spoke;
    const fell = !speaking && this.#spoke;
    this.#spoke = speaking;
    this.#tape.push(frame);
    if (rose) this.#rise(at);
    if (this.#waiting) {
      this.#tape.keepLast(preRollMs);
      return undefined;
    }
    if (speaking) this.#voicedUntil(at);
    else if (silenceMs > pauseMs) this.#tape.cut(preRollMs, frame.length);
    const words = fell ? this.#fall(at) : speaking && at >= this.#readAt ? this.#look(at) : undefined;
    this.#settle(at, silenceMs);
    return words;
  }

  /** The audio is over: looks at what was not read yet. */
  flush(at: number): readonly TurnWord[] | undefined {
    if (!this.#spoke || this.#waiting) return undefined;
    this.#look(at);
    return this.#sure();
  }

  /** The turn is over: what was heard of it is forgotten. */
  reset(at: number): void {
    this.#frozen = [];
    this.#believed = false;
    this.#readings = 0;
    this.#restart(at);
  }

  #rise(at: number): void {
    this.#voiced.push({ from: Math.max(0, at - voiceNoticedMs), to: at });
    this.#readAt = this.#waiting ? at + firstReadMs - this.#tape.keepLast(preRollMs) : at + 200;
    this.#waiting = false;
  }

  /** Voice has ended, some time ago. A look since then has heard it all. */
  #fall(at: number): readonly TurnWord[] | undefined {
    const ended = at - silenceNoticedMs;
    this.#voicedUntil(ended);
    if (this.#lookedAt < ended + wordEndMs) this.#look(at);
    return this.#sure();
  }

  #voicedUntil(at: number): void {
    const last = this.#voiced.at(-1);
    if (last) this.#voiced[this.#voiced.length - 1] = { from: last.from, to: Math.max(last.from, at) };
  }

  #look(at: number): readonly TurnWord[] | undefined {
    const text = this.#text();
    this.#lookedAt = at;
    if (text !== '') {
      this.#before = this.#words;
      this.#words = text.split(' ');
      this.#readings += 1;
      this.#believed ||= this.#readings > 2 || bare(this.#before[0] ?? '') === bare(this.#words[0] ?? '');
    }
    this.#readAt = at + (this.#believed ? Math.min(1500, Math.max(320, this.#tape.ms / 4)) : beforeFirstWordsMs);
    return text === '' ? undefined : this.#told();
  }

  /** What was read last is all there is. */
  #sure(): readonly TurnWord[] | undefined {
    this.#believed ||= this.#words.length > 0;
    return this.#told();
  }

  #told(): readonly TurnWord[] | undefined {
    if (!this.#believed || this.#words.length === 0) return undefined;
    this.#latest = placeWords(this.#words, this.#before, this.#voiced);
    return [...this.#frozen, ...this.#latest];
  }

  #text(): string {
    if (this.#tape.ms < tooShortMs) return '';
    const text = guarded(this.#decode(this.#tape.read(padMs)));
    return text === '' ? guarded(this.#decode(this.#tape.read(0))) : text;
  }

  #settle(at: number, silenceMs: number): void {
    if (!this.#believed && silenceMs > pauseMs) this.reset(at);
    else if (freezeFrom.some((limit) => this.#tape.ms >= limit.windowMs && silenceMs >= limit.silenceMs)) this.#freeze(at);
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
    this.#waiting = !this.#spoke;
    this.#voiced = this.#spoke ? [{ from: at, to: at }] : [];
    this.#readAt = at + firstReadMs;
    this.#lookedAt = -Infinity;
    this.#tape.keepLast(0);
  }
}
