import { Subscription, timer, type Subscriber } from 'rxjs';
import { hasWords } from '../../operators/turns/equivalent.ts';
import type { Failure, Sentence, Speech, Spent, Warning } from '../../operators/events.ts';
import { VoiceError } from '../errors.ts';
import type { Allowance } from './allowance.ts';
import type { Line } from './auraSocket.ts';
import { Pace } from './speakingPace.ts';
import { Playhead } from './playhead.ts';
import { Segment, textOf, type SegmentListener } from './segment.ts';
import { Waiting } from './unsentText.ts';

export type Spoken = Speech | Spent | Warning | Failure;

/** What a reply needs of the voice that speaks it. */
export interface ReplyVoice {
  readonly sampleRateHz: number;
  /** The socket of the moment, if there is one. */
  readonly line: Line | undefined;
  /** What may be sent. */
  readonly flushes: Allowance;
  readonly characters: Allowance;
  /** Nothing of the reply lies at the far side any more: another may speak. */
  readonly freed: (reply: object) => void;
}

/** The longest text of one `Speak` in characters (aura-and-openai.md A4). */
const LONGEST = 2000;
/** A draft leaves this many of the flushes of a minute to the replies that will surely be heard. */
const RESERVE = 8;
/** When no more than this is left to play, more is flushed. */
const LOW_MS = 1500;

const NOTHING = new Uint8Array(0);
const retryable = { retryable: true } as const;

/** What a stretch of sound says. */
type Words = Pick<Segment, 'text' | 'sentences'>;

/**
 * One reply on its way to sound: which of its sentences are flushed when, and what came back. Text is kept here until its
 * flush is due, so that a draft that is dropped before has cost nothing:
 *
 *     sentences   a--b----c-----d|
 *     flushes     a--------------(bcd)        the first at once, the rest when little is left to play, or at the end
 */
export class Reply implements SegmentListener {
  readonly #voice: ReplyVoice;
  readonly #out: Subscriber<Spoken>;
  readonly #playhead = new Playhead();
  readonly #pace = new Pace();
  /** Not yet sent. */
  readonly #waiting = new Waiting(LONGEST);
  /** Sent, and flushed. */
  #unanswered: Segment[] = [];
  /** Sent, but its flush was refused. */
  #refused: Segment | undefined;
  /** What has been sent again. */
  readonly #again = new Set<Sentence>();
  #begun = false;
  #ended = false;
  #pumping = false;
  #wake = Subscription.EMPTY;

  constructor(voice: ReplyVoice, out: Subscriber<Spoken>) {
    this.#voice = voice;
    this.#out = out;
  }

  say(sentence: Sentence): void {
    this.#waiting.add(sentence);
    this.pump();
  }

  /** No sentence follows. */
  end(): void {
    this.#ended = true;
    this.pump();
  }

  /** It is no draft any more. */
  settle(): void {
    this.#playhead.settle();
    this.pump();
  }

  /** Flushes what is due, comes back when more will be, and completes once all is said. */
  pump(): void {
    if (this.#pumping || this.#out.closed) return;
    this.#pumping = true; // what is sent may be answered in the same tick
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
    const samples = segment.samples(frame);
    if (samples.length === 0) return;
    const ms = (samples.length / 2 / this.#voice.sampleRateHz) * 1000;
    segment.soundMs += ms;
    this.#playhead.receive(ms);
    this.#out.next(this.#speech(segment, samples));
  };

  readonly answered = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    if (segment.sounded) {
      this.#pace.learn(segment.soundMs, segment.spoken.length);
      this.#out.next(this.#last(segment));
    } else this.#soundless(segment);
    if (!this.#isAtStake) this.#voice.freed(this);
    this.pump();
  };

  readonly refused = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    this.#refused = segment;
    this.pump();
  };

  /**
   * The socket is lost. The sentences that are not yet audible wait for the next one; what is cut in its middle is over. Errors a
   * reply of which something would be said a third time, and a draft that is cut in the middle: it may be made anew. True if
   * that tells of the loss.
   */
  moveOn(error: unknown): boolean {
    const lost = [...this.#unanswered, ...(this.#refused ? [this.#refused] : [])];
    const { msPerCharacter } = this.#pace;
    const unheard = lost.flatMap((segment) => segment.sentences.slice(segment.begun(msPerCharacter)));
    const cut = lost.filter(({ sounded }) => sounded);
    if (unheard.some((sentence) => this.#again.has(sentence)) || (cut.length > 0 && this.#playhead.isDraft)) {
      this.fail(error);
      return !this.#playhead.isDraft;
    }
    this.#forget();
    for (const sentence of unheard) this.#again.add(sentence);
    this.#waiting.putBack(unheard);
    for (const segment of cut) this.#breakOff(segment);
    return false;
  }

  /** What went wrong, or is odd, beside it. */
  tell(event: Warning | Failure): void {
    this.#out.next(event);
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
    if (this.#isAtStake) this.#voice.line?.clear();
    this.#forget();
    this.#voice.freed(this);
  }

  /** It came back without sound: what follows would be heard in its place. Dots and dashes have none. */
  #soundless({ sentences, spoken }: Segment): void {
    if (hasWords(spoken)) this.fail(new VoiceError('no-audio', 'The voice said nothing, though it was given words.', retryable));
    else this.#waiting.putBack(sentences.map(({ text }) => ({ text, spoken: '' })));
  }

  /** Whether any of its text lies at the far side. */
  get #isAtStake(): boolean {
    return this.#unanswered.length > 0 || this.#refused !== undefined;
  }

  #forget(): void {
    this.#unanswered = [];
    this.#refused = undefined;
  }

  /** In how many ms the next flush goes out, if nothing else happens before; `Infinity` if something else must. */
  #waitMs(): number {
    const { line } = this.#voice;
    if (this.#out.closed || !line?.isFreeFor(this)) return Infinity;
    const flushMs = this.#voice.flushes.waitMs(1, this.#playhead.isDraft ? RESERVE : 0);
    if (this.#refused !== undefined) return flushMs;
    const { nextLength } = this.#waiting;
    if (nextLength === 0) return Infinity;
    return Math.max(this.#dueMs(), flushMs, this.#voice.characters.waitMs(nextLength));
  }

  #dueMs(): number {
    if (this.#unanswered.length > 0) return Infinity; // only then is it known how much there is to play, and whose sound it is
    if (!this.#begun || this.#ended) return 0;
    return this.#playhead.msUntilLow(LOW_MS);
  }

  #flush(): void {
    const { line } = this.#voice;
    if (line === undefined) return;
    this.#begun = true;
    line.holder = this;
    if (this.#refused === undefined) this.#flushNext(line);
    else this.#flushAgain(line, this.#refused);
  }

  #flushNext(line: Line): void {
    const segment = new Segment(this.#waiting.take(), this);
    this.#unanswered.push(segment);
    line.say(segment);
    this.#out.next({ type: 'Spent', characters: segment.spoken.length });
  }

  #flushAgain(line: Line, segment: Segment): void {
    this.#refused = undefined;
    this.#unanswered.push(segment);
    line.flush(segment);
  }

  #completeIfOver(): void {
    if (!this.#ended || this.#isAtStake || this.#waiting.nextLength > 0 || this.#out.closed) return;
    const rest = this.#waiting.take();
    if (this.#playhead.hasSound && rest.length > 0) this.#out.next(this.#last({ text: textOf(rest), sentences: rest }));
    this.#out.complete();
  }

  #speech({ text, sentences }: Words, data: Uint8Array): Speech {
    const { sampleRateHz } = this.#voice;
    return { type: 'Speech', audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 }, text, sentences };
  }

  /** No more of a segment's sound will come. */
  #breakOff(segment: Segment): void {
    const { msPerCharacter } = this.#pace;
    const sentences = segment.sentences.slice(0, segment.begun(msPerCharacter));
    const last = this.#last({ text: textOf(sentences), sentences });
    this.#out.next(segment.isWhole(msPerCharacter) ? last : { ...last, brokenOff: true });
  }

  /** The end of a segment is known only once all of its audio was passed on: an empty chunk says so. */
  #last(words: Words): Speech {
    return { ...this.#speech(words, NOTHING), last: true };
  }
}
