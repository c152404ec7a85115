import { Observable, Subject, Subscription, timer } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { VoiceError } from '../errors.ts';
import type { Frame } from '../wire/wire.ts';
import { Allowance } from './allowance.ts';
import { clearFrame, flushFrame, speakFrame, toVoiceMessage } from './codec.ts';
import type { VoiceMessage } from './codec.ts';
import { Owed } from './owed.ts';
import type { Segment } from './segment.ts';

/** The limits of a socket (aura-and-openai.md A4): 20 flushes and 2400 characters a minute; an allowance is back after 64 s. */
const FLUSHES = 20;
const CHARACTERS = 2400;
const WINDOW_MS = 64_000;
/** How long no flush is tried after one was refused: our own figure. */
const REFUSED_MS = 4000;

export interface LineOwner {
  readonly opened: () => void;
  readonly warned: (code: string, message: string) => void;
  readonly unknown: (message: unknown) => void;
}

/** One socket to the voice: what is said on it, and what it owes. */
export class Line {
  /** What goes out. The wire subscribes to it once it is open. */
  readonly frames: Observable<Frame>;
  /** Errors when it can no longer be told what the far side's answers belong to. */
  readonly abandoned = new Subject<never>();
  readonly flushes = new Allowance(FLUSHES, WINDOW_MS);
  readonly characters = new Allowance(CHARACTERS, WINDOW_MS);
  /** The id of the connection, once its `Metadata` came. */
  requestId: string | undefined;
  /** Whose text lies at the far side: one reply's at a time, so that a clear never takes another's. */
  holder: object | undefined;
  readonly #owed = new Owed();
  readonly #owner: LineOwner;
  readonly #clearedWithinMs: number;
  readonly #deadlines = new Subscription();
  #out: Subscriber<Frame> | undefined;

  constructor(owner: LineOwner, clearedWithinMs: number) {
    this.#owner = owner;
    this.#clearedWithinMs = clearedWithinMs;
    this.frames = new Observable((out) => {
      this.#out = out;
      owner.opened();
    });
  }

  /** Whether it is open, and no other reply has text there. */
  isFreeFor(reply: object): boolean {
    return this.#out !== undefined && (this.holder === undefined || this.holder === reply);
  }

  say(segment: Segment): void {
    this.characters.take(segment.spoken.length);
    this.#send(speakFrame(segment.spoken));
    this.flush(segment);
  }

  /** Flushes a segment whose text is already there. */
  flush(segment: Segment): void {
    this.flushes.take(1);
    this.#owed.flush(segment);
    this.#send(flushFrame);
  }

  /** Throws away what lies there; nothing is accepted until that is confirmed. */
  clear(): void {
    const deadline = timer(this.#clearedWithinMs).subscribe(() => this.#abandon(notCleared(this.#clearedWithinMs)));
    this.#deadlines.add(deadline);
    this.#owed.clear(deadline);
    this.#send(clearFrame);
  }

  take(frame: Frame): void {
    if (typeof frame === 'string') {
      this.#read(toVoiceMessage(frame));
    } else {
      const segment = this.#owed.sounding();
      segment?.listener.heard(segment, frame);
    }
  }

  close(): void {
    this.#out = undefined;
    this.#deadlines.unsubscribe();
  }

  #read(message: VoiceMessage): void {
    switch (message.type) {
      case 'Metadata':
        this.requestId = message.requestId;
        break;
      case 'Flushed':
        this.#flushed();
        break;
      case 'Cleared':
        this.#owed.cleared();
        break;
      case 'Warning':
        if (message.code === 'EXCESSIVE_FLUSH') this.#refused();
        this.#owner.warned(message.code, message.message);
        break;
      case 'Unknown':
        this.#owner.unknown(message.message);
    }
  }

  #flushed(): void {
    const segment = this.#owed.flushed();
    segment?.listener.answered(segment);
  }

  #refused(): void {
    this.flushes.shut(REFUSED_MS);
    const segment = this.#owed.refused();
    if (segment === 'unclear') this.#abandon('It was refused to say one of several texts, and not said which.');
    else segment?.listener.refused(segment);
  }

  #send(frame: Frame): void {
    this.#out?.next(frame);
  }

  #abandon(message: string): void {
    const details = { retryable: true, ...(this.requestId !== undefined && { requestId: this.requestId }) };
    this.abandoned.error(new VoiceError('lost-track', message, details));
  }
}

const notCleared = (ms: number): string => `The voice did not confirm within ${ms} ms that it threw away what was cut.`;
