import { bare, guarded } from './guards.ts';
import { placeWords, type Stretch } from './placeWords.ts';
import { Tape } from './tape.ts';
import type { TurnWord } from './turns.ts';

/** The recogniser: 16 kHz samples in, text out. */
export type Decode = (samples: Float32Array) => string;

/** Kept before the voice is noticed, which is some 0.1 s late. Much silence before the first word makes Moonshine say nothing. */
const preRollMs = 320;
/** Below this much sound Moonshine invents ("Don't forget to subscribe."). */
const firstReadMs = 700;
const beforeFirstWordsMs = 160;
/** The voice detector notices voice, and its end, this late (by eye, against the sound's level, on five clips). */
const voiceNoticedMs = 128;
export const silenceNoticedMs = 224;
/** Silence put behind what is decoded: fewer loops and half words at the cut. */
const padMs = 250;
/** What is kept of a pause inside a turn. */
const pauseMs = 600;
/** Beyond this the window is closed at the next pause of `freezeAfterMs`, or at any, or at last wherever it is. */
const freezeFrom = [
  { windowMs: 10_000, silenceMs: 300 },
  { windowMs: 20_000, silenceMs: 1 },
  { windowMs: 27_000, silenceMs: 0 },
] as const;

/**
 * Reads the audio of a turn as it grows: decides when the recogniser looks at it again, and keeps it from inventing.
 *
 * It looks at the whole turn so far: first at 0.7 s of sound and each 0.16 s until two readings agree on the first word (or a
 * third has come), then each sixth of its length (0.24 to 1.5 s), 0.2 s after voice comes back, and when voice ends. From 10 s on the text so far is
 * frozen at a pause, and the window starts anew. All by audio time.
 */
export class Reader {
  readonly #decode: Decode;
  readonly #tape = new Tape();
  #frozen: readonly TurnWord[] = [];
  #latest: readonly TurnWord[] = [];
  #voiced: Stretch[] = [];
  #before: readonly string[] = [];
  #readings = 0;
  #believed = false;
  #unread = false;
  #waiting = true;
  #spoke = false;
  #readAt = 0;

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
    if (speaking) this.#stretch(at);
    else if (silenceMs > pauseMs) this.#tape.cut(preRollMs, frame.length);
    const words = this.#due(at, fell) ? this.#read(at, fell) : undefined;
    this.#settle(at, silenceMs);
    return words;
  }

  /** Looks at what was not read yet, now. */
  flush(at: number): readonly TurnWord[] | undefined {
    return this.#unread ? this.#read(at, true) : undefined;
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

  #stretch(at: number): void {
    const last = this.#voiced.at(-1);
    if (last) this.#voiced[this.#voiced.length - 1] = { from: last.from, to: at };
    this.#unread = true;
  }

  #due(at: number, fell: boolean): boolean {
    return this.#unread && (fell || at >= this.#readAt);
  }

  #read(at: number, fell: boolean): readonly TurnWord[] | undefined {
    this.#unread = false;
    if (fell) this.#stretchBack(at);
    const text = this.#text();
    const before = this.#before;
    if (text !== '') this.#before = text.split(' ');
    if (text !== '') this.#readings += 1;
    this.#believed ||= text !== '' && (fell || this.#readings > 2 || bare(before[0] ?? '') === bare(this.#before[0] ?? ''));
    this.#readAt = at + (this.#believed ? Math.min(1500, Math.max(240, this.#tape.ms / 6)) : beforeFirstWordsMs);
    if (!this.#believed || text === '') return undefined;
    this.#latest = placeWords(this.#before, before, this.#voiced);
    return [...this.#frozen, ...this.#latest];
  }

  /** Voice ended a little before that was noticed. */
  #stretchBack(at: number): void {
    const last = this.#voiced.at(-1);
    if (last) this.#voiced[this.#voiced.length - 1] = { from: last.from, to: Math.max(last.from, at - silenceNoticedMs) };
  }

  #text(): string {
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
    this.#latest = [];
    this.#unread = false;
    this.#waiting = !this.#spoke;
    this.#voiced = this.#spoke ? [{ from: at, to: at }] : [];
    this.#readAt = at + firstReadMs;
    this.#tape.keepLast(0);
  }
}
