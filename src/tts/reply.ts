import { asyncScheduler, Subscription, timer } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { Failure, Sentence, Speech, Spent, Warning } from '../../operators/events.ts';
import type { Line } from './line.ts';
import { pieces } from './pieces.ts';
import { Segment, spokenOf } from './segment.ts';
import type { SegmentListener } from './segment.ts';

export type Spoken = Speech | Spent | Warning | Failure;

/** What a reply needs of the voice that speaks it. */
export interface ReplyVoice {
  readonly sampleRateHz: number;
  /** The socket of the moment, if there is one. */
  readonly line: Line | undefined;
  /** Nothing of the reply lies at the far side any more: another may speak. */
  readonly freed: (reply: object) => void;
}

/** The longest text of one `Speak` (aura-and-openai.md A4), its last space included. */
const LONGEST = 2000;
/** A draft leaves this many of the flushes of a minute to the replies that will surely be heard. */
const RESERVE = 8;
/** When less than this is left to play, more is flushed. */
const LOW_MS = 1500;

const NOTHING = new Uint8Array(0);

/**
 * One reply on its way to sound: which of its sentences are flushed when, and what came back. Text is kept here until its
 * flush is due, so that a draft that is dropped before has cost nothing:
 *
 *     sentences   a--b----c-----d|
 *     flushes     a--------------(bcd)        the first at once, the rest when `LOW_MS` are left to play, or at the end
 */
export class Reply implements SegmentListener {
  readonly #voice: ReplyVoice;
  readonly #out: Subscriber<Spoken>;
  /** Not yet sent. */
  #waiting: Sentence[] = [];
  /** Sent, and flushed. */
  #unanswered: Segment[] = [];
  /** Sent, but their flush was refused. */
  #refused: Segment[] = [];
  #ended = false;
  #begun = false;
  #sounded = false;
  #audioMs = 0;
  #audioAt: number | undefined;
  #settledAt: number | undefined;
  #pumping = false;
  #wake = Subscription.EMPTY;

  constructor(voice: ReplyVoice, out: Subscriber<Spoken>) {
    this.#voice = voice;
    this.#out = out;
  }

  say(sentence: Sentence): void {
    this.#waiting.push(...pieces(sentence, LONGEST - 1));
    this.pump();
  }

  /** No sentence follows. */
  end(): void {
    this.#ended = true;
    this.pump();
  }

  /** It is no draft any more. */
  settle(): void {
    this.#settledAt ??= asyncScheduler.now();
    this.pump();
  }

  /** Flushes what is due, comes back when more will be, and completes once all is said. */
  pump(): void {
    if (this.#pumping || this.#out.closed) return;
    this.#pumping = true;
    this.#wake.unsubscribe();
    let waitMs = this.#waitMs();
    while (waitMs === 0) {
      this.#flush();
      waitMs = this.#waitMs();
    }
    if (waitMs !== Infinity) this.#wake = timer(waitMs).subscribe(() => this.pump());
    this.#pumping = false;
    this.#completeIfOver();
  }

  readonly heard = (segment: Segment, frame: Uint8Array): void => {
    const data = segment.samples(frame);
    if (data.length === 0) return;
    segment.sounded = true;
    this.#sounded = true;
    this.#audioAt ??= asyncScheduler.now();
    this.#audioMs += (data.length / 2 / this.#voice.sampleRateHz) * 1000;
    this.#out.next(this.#speech(segment.text, data));
  };

  readonly answered = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    if (segment.sounded) this.#out.next({ ...this.#speech(segment.text, NOTHING), last: true });
    if (!this.#atStake) this.#voice.freed(this);
    this.pump();
  };

  readonly refused = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    this.#refused.unshift(segment);
    this.pump();
  };

  /** The socket is gone. What was not yet audible is said again on the next; a segment cut in the middle is over. */
  moveOn(failure: Failure): void {
    const lost = [...this.#unanswered, ...this.#refused];
    this.#unanswered = [];
    this.#refused = [];
    this.#waiting.unshift(...lost.filter(({ sounded }) => !sounded).flatMap(({ sentences }) => sentences));
    this.#out.next(failure);
    for (const { text } of lost.filter(({ sounded }) => sounded)) this.#out.next({ ...this.#speech(text, NOTHING), last: true });
  }

  warn(warning: Warning): void {
    this.#out.next(warning);
  }

  fail(error: unknown): void {
    this.#forget();
    this.#out.error(error);
  }

  /** The call is over. */
  close(): void {
    this.#forget();
    this.#out.complete();
  }

  /** Nobody listens any more: what lies at the far side is thrown away. */
  drop(): void {
    this.#wake.unsubscribe();
    if (this.#atStake) this.#voice.line?.clear();
    this.#forget();
    this.#voice.freed(this);
  }

  get #atStake(): boolean {
    return this.#unanswered.length > 0 || this.#refused.length > 0;
  }

  #forget(): void {
    this.#unanswered = [];
    this.#refused = [];
  }

  #flush(): void {
    const { line } = this.#voice;
    if (line === undefined) return;
    this.#begun = true;
    line.holder = this;
    if (this.#refused.length > 0) {
      const again = new Segment(
        this.#refused.flatMap(({ sentences }) => sentences),
        this,
      );
      this.#refused = [];
      this.#unanswered.push(again);
      line.flush(again);
      return;
    }
    const segment = new Segment(this.#waiting.splice(0, this.#fitting()), this);
    this.#unanswered.push(segment);
    line.say(segment);
    this.#out.next({ type: 'Spent', characters: segment.spoken.length });
  }

  /** In how many ms the next flush goes out, if nothing else happens before; `Infinity` if something else must. */
  #waitMs(): number {
    const { line } = this.#voice;
    if (this.#out.closed || !line?.isFreeFor(this)) return Infinity;
    const flushMs = line.flushes.waitMs(1, this.#settledAt === undefined ? RESERVE : 0);
    if (this.#refused.length > 0) return flushMs;
    const { length } = spokenOf(this.#waiting.slice(0, this.#fitting()));
    if (length === 0) return Infinity;
    return Math.max(this.#dueMs(), flushMs, line.characters.waitMs(length));
  }

  #dueMs(): number {
    if (!this.#begun || this.#ended) return 0;
    if (this.#unanswered.length > 0) return Infinity; // only then is it known how much there is to play
    const spareMs = Math.ceil(this.#audioMs - this.#playedMs() - LOW_MS);
    if (spareMs <= 0) return 0;
    return this.#settledAt === undefined ? Infinity : spareMs;
  }

  /** At most so much can have been played: a reply is played once it is settled and has audio. */
  #playedMs(): number {
    if (this.#settledAt === undefined || this.#audioAt === undefined) return 0;
    return asyncScheduler.now() - Math.max(this.#settledAt, this.#audioAt);
  }

  /** How many of the waiting sentences fit into one `Speak`; at least one. */
  #fitting(): number {
    let count = 1;
    while (count < this.#waiting.length && spokenOf(this.#waiting.slice(0, count + 1)).length <= LONGEST) count += 1;
    return count;
  }

  #completeIfOver(): void {
    const unsaid = spokenOf(this.#waiting) !== '';
    if (!this.#ended || unsaid || this.#atStake || this.#out.closed) return;
    const rest = this.#waiting.map(({ text }) => text).join('');
    if (this.#sounded && rest !== '') this.#out.next({ ...this.#speech(rest, NOTHING), last: true });
    this.#out.complete();
  }

  #speech(text: string, data: Uint8Array): Speech {
    const { sampleRateHz } = this.#voice;
    return { type: 'Speech', audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 }, text };
  }
}
