import { asyncScheduler, Observable, Subject, Subscription, timer, type Subscriber } from 'rxjs';
import { VoiceError, WireError } from '../errors.ts';
import type { Frame } from '../wire/wire.ts';
import type { Allowance } from './allowance.ts';
import { clearFrame, flushFrame, speakFrame, toVoiceMessage, type VoiceMessage } from './auraCodec.ts';
import { Owed } from './pendingAnswers.ts';
import type { Segment } from './segment.ts';

/** How long no flush is tried after one was refused: our own figure. */
const REFUSED_MS = 4000;

/** How long sound may come after its `Flushed`: our own figure. */
const EARLY_MS = 1500;

export interface LineOwner {
  /** What may be sent. They outlive a socket. */
  readonly flushes: Allowance;
  readonly characters: Allowance;
  readonly opened: () => void;
  readonly warned: (code: string, message: string) => void;
  readonly unknown: (message: unknown) => void;
}

export interface LineLimits {
  /** How long a clear may stay unconfirmed. */
  readonly clearedWithinMs: number;
  /** How long nothing may come while sound is owed. */
  readonly answeredWithinMs: number;
}

/** One socket to the voice: what is said on it, and what it owes. */
export class Line {
  /** What goes out. The wire subscribes to it once it is open. */
  readonly frames: Observable<Frame>;
  /** Errors when the far side does not answer, or it can no longer be told what its answers belong to. */
  readonly abandoned = new Subject<never>();
  /** The id of the connection, once its `Metadata` came. */
  requestId: string | undefined;
  /** Whose text lies at the far side: one reply's at a time, so that a clear never takes another's. */
  holder: object | undefined;
  readonly #owed = new Owed();
  readonly #owner: LineOwner;
  readonly #limits: LineLimits;
  readonly #deadlines = new Subscription();
  #out: Subscriber<Frame> | undefined;
  #watch = Subscription.EMPTY;
  #early = Subscription.EMPTY;
  #answeredAt = 0;

  constructor(owner: LineOwner, limits: LineLimits) {
    this.#owner = owner;
    this.#limits = limits;
    owner.flushes.reopen(); // that it was shut was the old socket's word
    const { answeredWithinMs } = limits;
    this.#watch = timer(answeredWithinMs).subscribe(() =>
      this.abandoned.error(new WireError('silent', notOpened(answeredWithinMs), this.#details)),
    );
    this.frames = new Observable((out) => {
      this.#watch.unsubscribe();
      this.#out = out;
      owner.opened();
    });
  }

  /** Whether it is open, and no other reply has text there. */
  isFreeFor(reply: object): boolean {
    return this.#out !== undefined && (this.holder === undefined || this.holder === reply);
  }

  say(segment: Segment): void {
    this.#owner.characters.take(segment.spoken.length);
    this.#send(speakFrame(segment.spoken));
    this.flush(segment);
  }

  /** Flushes a segment whose text is already there. */
  flush(segment: Segment): void {
    this.#owner.flushes.take(1);
    if (this.#owed.sounding() === undefined) this.#answeredAt = asyncScheduler.now();
    this.#owed.flush(segment);
    this.#awaitAnswer();
    this.#send(flushFrame);
  }

  /** Throws away what lies there; nothing is accepted until that is confirmed. */
  clear(): void {
    const { clearedWithinMs } = this.#limits;
    const deadline = timer(clearedWithinMs).subscribe(() => this.#abandon(notCleared(clearedWithinMs)));
    this.#deadlines.add(deadline);
    this.#owed.clear(deadline);
    this.#early.unsubscribe();
    this.#send(clearFrame);
  }

  /** Takes what came. True for audio and `Flushed`, which prove that the socket is of use. */
  take(frame: Frame): boolean {
    this.#answeredAt = asyncScheduler.now();
    if (typeof frame === 'string') return this.#read(toVoiceMessage(frame));
    const segment = this.#owed.sounding();
    segment?.listener.heard(segment, frame);
    if (!this.#early.closed) this.#awaitMore();
    return true;
  }

  close(): void {
    this.#out = undefined;
    this.#deadlines.unsubscribe();
    this.#watch.unsubscribe();
    this.#early.unsubscribe();
  }

  #read(message: VoiceMessage): boolean {
    switch (message.type) {
      case 'Metadata':
        this.requestId = message.requestId;
        break;
      case 'Flushed':
        this.#flushed();
        break;
      case 'Cleared':
        this.#owed.cleared();
        this.#awaitAnswer();
        break;
      case 'Warning':
        if (message.code === 'EXCESSIVE_FLUSH') this.#refused();
        this.#owner.warned(message.code, message.message);
        break;
      case 'Unknown':
        this.#owner.unknown(message.message);
    }
    return message.type === 'Flushed';
  }

  /** A `Flushed` without sound may be one too many, or come before its sound: then there is a wait for it. */
  #flushed(): void {
    this.#early.unsubscribe();
    if (this.#owed.sounding()?.sounded === false) this.#awaitMore();
    else this.#answered();
  }

  #answered(): void {
    const segment = this.#owed.flushed();
    segment?.listener.answered(segment);
  }

  #refused(): void {
    this.#owner.flushes.shut(REFUSED_MS);
    const segment = this.#owed.refused();
    if (segment === 'unclear') this.#abandon('It was refused to say one of several texts, and not said which.');
    else segment?.listener.refused(segment);
  }

  #send(frame: Frame): void {
    this.#out?.next(frame);
  }

  /** Watches over the answers to what was flushed; one timer for many frames, which come faster than it goes off. */
  #awaitAnswer(): void {
    if (this.#watch.closed && this.#owed.sounding() !== undefined) this.#look(this.#limits.answeredWithinMs);
  }

  /** Sound that comes after its `Flushed` is over when no more has come for a while. */
  #awaitMore(): void {
    this.#early.unsubscribe();
    this.#early = timer(EARLY_MS).subscribe(() => this.#answered());
  }

  #look(inMs: number): void {
    this.#watch = timer(inMs).subscribe(() => {
      if (this.#owed.sounding() === undefined) return;
      const { answeredWithinMs } = this.#limits;
      const leftMs = this.#answeredAt + answeredWithinMs - asyncScheduler.now();
      if (leftMs > 0) this.#look(leftMs);
      else this.abandoned.error(new WireError('silent', notAnswered(answeredWithinMs), this.#details));
    });
  }

  #abandon(message: string): void {
    this.abandoned.error(new VoiceError('lost-track', message, this.#details));
  }

  get #details(): { readonly retryable: true; readonly requestId?: string } {
    return { retryable: true, ...(this.requestId !== undefined && { requestId: this.requestId }) };
  }
}

const notAnswered = (ms: number): string => `The voice sent nothing for ${ms} ms, though it owed sound.`;
const notOpened = (ms: number): string => `No connection to the voice within ${ms} ms.`;
const notCleared = (ms: number): string => `The voice did not confirm within ${ms} ms that it threw away what was cut.`;
