import { Subscription, timer, type Subscriber } from 'rxjs';
import { SpeakingPace } from '../../operators/speech/speakingPace.ts';
import { hasWords } from '../../operators/turns/equivalent.ts';
import type { Failure, Sentence, Speech, Spent, Warning } from '../../operators/events.ts';
import { VoiceError } from '../errors.ts';
import type { Allowance } from './allowance.ts';
import type { AuraSocket } from './auraSocket.ts';
import { Playhead } from './playhead.ts';
import { Segment, textOf, type SegmentListener } from './segment.ts';
import { UnsentText } from './unsentText.ts';

export type VoiceOutput = Speech | Spent | Warning | Failure;

/** The parts of `AuraVoice` that a reply uses. */
export interface ReplyVoice {
  readonly sampleRateHz: number;
  /** The current socket, if there is one. */
  readonly socket: AuraSocket | undefined;
  /** Rate limits. */
  readonly flushes: Allowance;
  readonly characters: Allowance;
  /** Called when the service holds nothing of the reply any more: another reply may use the socket. */
  readonly onFreed: (reply: object) => void;
}

/** The longest text of one `Speak` in characters (docs/wire/aura.md A4). */
const longestText = 2000;
/** Drafts leave this many flushes a minute to settled replies. */
const draftReserve = 8;
/** The next flush is due when no more audio than this is left to play. */
const lowMs = 1500;

const noBytes = new Uint8Array(0);

/**
 * One reply: decides when its sentences are flushed, and emits the audio. It keeps text until its flush is due, so that a dropped
 * draft costs as little as possible.
 *
 *     sentences   a--b----c-----d|
 *     flushes     a--------------(bcd)        the first at once, the rest when little is left to play, or at the end
 */
export class AuraReply implements SegmentListener {
  readonly #voice: ReplyVoice;
  readonly #out: Subscriber<VoiceOutput>;
  readonly #playhead = new Playhead();
  readonly #pace = new SpeakingPace();
  readonly #unsent = new UnsentText(longestText);
  /** Sent and flushed, but not yet answered by `Flushed`. */
  #unanswered: Segment[] = [];
  /** Sent, but its flush was refused. */
  #refused: Segment | undefined;
  /** Sentences that were sent a second time. */
  readonly #resent = new Set<Sentence>();
  #begun = false;
  #ended = false;
  #pumping = false;
  #wake = Subscription.EMPTY;

  constructor(voice: ReplyVoice, out: Subscriber<VoiceOutput>) {
    this.#voice = voice;
    this.#out = out;
  }

  add(sentence: Sentence): void {
    this.#unsent.add(sentence);
    this.pump();
  }

  /** Call it after the last sentence. */
  end(): void {
    this.#ended = true;
    this.pump();
  }

  /** The reply is no longer a draft. */
  settle(): void {
    this.#playhead.settle();
    this.pump();
  }

  /** Flushes what is due, sets a timer for the next flush, and completes the reply after the last audio. */
  pump(): void {
    if (this.#pumping || this.#out.closed) return;
    this.#pumping = true; // an answer may arrive in the same tick
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

  readonly onAudio = (segment: Segment, frame: Uint8Array): void => {
    const samples = segment.samples(frame);
    if (samples.length === 0) return;
    const ms = (samples.length / 2 / this.#voice.sampleRateHz) * 1000;
    segment.audioMs += ms;
    this.#playhead.receive(ms);
    this.#out.next(this.#speech(segment, samples));
  };

  readonly onFlushed = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    if (segment.hasAudio) {
      this.#pace.learn(segment.audioMs, segment.spoken.length);
      this.#out.next(this.#last(segment));
    } else this.#withoutAudio(segment);
    if (!this.#isPending) this.#voice.onFreed(this);
    this.pump();
  };

  readonly onFlushRefused = (segment: Segment): void => {
    this.#unanswered = this.#unanswered.filter((one) => one !== segment);
    this.#refused = segment;
    this.pump();
  };

  /**
   * Handles the loss of the socket: sentences without audio go to the next socket, and segments with audio end where they are.
   * Fails the reply if a sentence would be sent a third time, and a draft that has audio, because it can be generated again.
   * Returns whether the loss was reported that way.
   */
  recover(error: unknown): boolean {
    const lost = [...this.#unanswered, ...(this.#refused ? [this.#refused] : [])];
    const { msPerCharacter } = this.#pace;
    const unspoken = lost.flatMap((segment) => segment.sentences.slice(segment.begun(msPerCharacter)));
    const cut = lost.filter(({ hasAudio }) => hasAudio);
    if (unspoken.some((sentence) => this.#resent.has(sentence)) || (cut.length > 0 && this.#playhead.isDraft)) {
      this.fail(error);
      return !this.#playhead.isDraft;
    }
    this.#abandon();
    for (const sentence of unspoken) this.#resent.add(sentence);
    this.#unsent.putBack(unspoken);
    for (const segment of cut) this.#breakOff(segment);
    return false;
  }

  report(event: Warning | Failure): void {
    this.#out.next(event);
  }

  fail(error: unknown): void {
    this.#abandon();
    this.#out.error(error);
  }

  close(): void {
    this.#abandon();
    this.#out.complete();
  }

  /** The reply was unsubscribed: clears what the service holds. */
  drop(): void {
    this.#wake.unsubscribe();
    if (this.#isPending) this.#voice.socket?.clear();
    this.#abandon();
    this.#voice.onFreed(this);
  }

  /** A text with words must have audio, or later audio would be heard in its place. Text without words joins the next segment. */
  #withoutAudio({ sentences, spoken }: Segment): void {
    const error = () => new VoiceError('no-audio', 'The voice returned no audio for a text with words.', { retryable: true });
    if (hasWords(spoken)) this.fail(error());
    else this.#unsent.putBack(sentences.map(({ text }) => ({ text, spoken: '' })));
  }

  /** Whether the service holds any of its text. */
  get #isPending(): boolean {
    return this.#unanswered.length > 0 || this.#refused !== undefined;
  }

  #abandon(): void {
    this.#unanswered = [];
    this.#refused = undefined;
  }

  /** In how many ms the next flush is due; `Infinity` if something else must happen first. */
  #waitMs(): number {
    const { socket } = this.#voice;
    if (this.#out.closed || !socket?.isFreeFor(this)) return Infinity;
    const flushMs = this.#voice.flushes.waitMs(1, this.#playhead.isDraft ? draftReserve : 0);
    if (this.#refused !== undefined) return flushMs;
    const { nextLength } = this.#unsent;
    if (nextLength === 0) return Infinity;
    return Math.max(this.#dueMs(), flushMs, this.#voice.characters.waitMs(nextLength));
  }

  #dueMs(): number {
    if (this.#unanswered.length > 0) return Infinity; // until then the length of the audio is unknown
    if (!this.#begun || this.#ended) return 0;
    return this.#playhead.msUntilLow(lowMs);
  }

  #flush(): void {
    const { socket } = this.#voice;
    if (socket === undefined) return;
    this.#begun = true;
    socket.holder = this;
    const refused = this.#refused;
    const segment = refused ?? new Segment(this.#unsent.take(), this);
    this.#refused = undefined;
    this.#unanswered.push(segment);
    if (refused) {
      socket.flush(segment);
      return;
    }
    socket.speak(segment);
    this.#out.next({ type: 'Spent', characters: segment.spoken.length });
  }

  #completeIfOver(): void {
    if (!this.#ended || this.#isPending || this.#unsent.nextLength > 0 || this.#out.closed) return;
    const rest = this.#unsent.take();
    if (this.#playhead.hasAudio && rest.length > 0) this.#out.next(this.#last({ text: textOf(rest), sentences: rest }));
    this.#out.complete();
  }

  #speech({ text, sentences }: Pick<Segment, 'text' | 'sentences'>, data: Uint8Array): Speech {
    const { sampleRateHz } = this.#voice;
    return { type: 'Speech', audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 }, text, sentences };
  }

  /** Ends a segment whose remaining audio is lost. */
  #breakOff(segment: Segment): void {
    const { msPerCharacter } = this.#pace;
    const sentences = segment.sentences.slice(0, segment.begun(msPerCharacter));
    const last = this.#last({ text: textOf(sentences), sentences });
    this.#out.next(segment.isWhole(msPerCharacter) ? last : { ...last, brokenOff: true });
  }

  /** The empty chunk that ends a segment: its end is known only after its last audio was emitted. */
  #last(words: Pick<Segment, 'text' | 'sentences'>): Speech {
    return { ...this.#speech(words, noBytes), last: true };
  }
}
