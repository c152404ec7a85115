import { asyncScheduler, Observable, Subject, Subscription, timer, type Subscriber } from 'rxjs';
import { VoiceError, WireError } from '../errors.ts';
import type { Frame } from '../wire/wire.ts';
import type { Allowance } from './allowance.ts';
import { clearFrame, flushFrame, speakFrame, toVoiceMessage, type VoiceMessage } from './auraCodec.ts';
import { PendingAnswers } from './pendingAnswers.ts';
import type { Segment } from './segment.ts';

/** After a refused flush, none is sent for this long (our choice: not documented). */
const refusedMs = 4000;
/** The longest wait for audio that arrives after its `Flushed` (our choice: not documented). */
const lateAudioMs = 1500;

export interface SocketOwner {
  /** Rate limits, which outlive a socket. */
  readonly flushes: Allowance;
  readonly characters: Allowance;
  readonly onOpen: () => void;
  readonly onWarning: (code: string, message: string) => void;
  readonly onUnknown: (message: unknown) => void;
}

export interface SocketTimeouts {
  /** The longest wait for a `Cleared`. */
  readonly clearedWithinMs: number;
  /** The longest silence of the service while audio is pending. */
  readonly answeredWithinMs: number;
}

/** One socket to Aura: sends text, flushes and clears, and assigns the answers to their segments. */
export class AuraSocket {
  /** The frames to send. The wire subscribes to them once it is open. */
  readonly frames: Observable<Frame>;
  /** Errors on a timeout, or when it is no longer known to which text the answers belong. */
  readonly failed = new Subject<never>();
  /** The id of the connection, from `Metadata`. */
  requestId: string | undefined;
  /** The reply whose text the service holds: one at a time, so that a clear never drops another reply. */
  holder: object | undefined;
  readonly #pending = new PendingAnswers();
  readonly #owner: SocketOwner;
  readonly #timeouts: SocketTimeouts;
  readonly #clearTimeouts = new Subscription();
  #out: Subscriber<Frame> | undefined;
  #watch = Subscription.EMPTY;
  #lateAudio = Subscription.EMPTY;
  #receivedAt = 0;

  constructor(owner: SocketOwner, timeouts: SocketTimeouts) {
    this.#owner = owner;
    this.#timeouts = timeouts;
    owner.flushes.reopen(); // only the old socket had refused
    const { answeredWithinMs: ms } = timeouts;
    this.#watch = timer(ms).subscribe(() => this.#silent(`The connection to the voice did not open within ${ms} ms.`));
    this.frames = new Observable((out) => {
      this.#watch.unsubscribe();
      this.#out = out;
      owner.onOpen();
    });
  }

  /** Whether it is open and the service holds no text of another reply. */
  isFreeFor(reply: object): boolean {
    return this.#out !== undefined && (this.holder === undefined || this.holder === reply);
  }

  speak(segment: Segment): void {
    this.#owner.characters.take(segment.spoken.length);
    this.#send(speakFrame(segment.spoken));
    this.flush(segment);
  }

  /** Flushes a segment whose text the service already holds. */
  flush(segment: Segment): void {
    this.#owner.flushes.take(1);
    if (this.#pending.current() === undefined) this.#receivedAt = asyncScheduler.now();
    this.#pending.flush(segment);
    this.#awaitAnswer();
    this.#send(flushFrame);
  }

  /** Drops the text and audio that the service holds. Everything it sends is ignored until it confirms. */
  clear(): void {
    const { clearedWithinMs: ms } = this.#timeouts;
    const timeout = timer(ms).subscribe(() => this.#fail(`The voice did not confirm a Clear within ${ms} ms.`));
    this.#clearTimeouts.add(timeout);
    this.#pending.clear(timeout);
    this.#lateAudio.unsubscribe();
    this.#send(clearFrame);
  }

  /** Handles a frame of the service. Returns true for audio and `Flushed`, which show that the socket works. */
  receive(frame: Frame): boolean {
    this.#receivedAt = asyncScheduler.now();
    if (typeof frame === 'string') return this.#read(toVoiceMessage(frame));
    const segment = this.#pending.current();
    segment?.listener.onAudio(segment, frame);
    if (!this.#lateAudio.closed) this.#awaitLateAudio();
    return true;
  }

  close(): void {
    this.#out = undefined;
    this.#clearTimeouts.unsubscribe();
    this.#watch.unsubscribe();
    this.#lateAudio.unsubscribe();
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
        this.#pending.cleared();
        this.#awaitAnswer();
        break;
      case 'Warning':
        if (message.code === 'EXCESSIVE_FLUSH') this.#refused();
        this.#owner.onWarning(message.code, message.message);
        break;
      case 'Unknown':
        this.#owner.onUnknown(message.message);
    }
    return message.type === 'Flushed';
  }

  /** A `Flushed` without audio before it may be superfluous, or its audio may still come: it waits. */
  #flushed(): void {
    this.#lateAudio.unsubscribe();
    if (this.#pending.current()?.hasAudio === false) this.#awaitLateAudio();
    else this.#complete();
  }

  #complete(): void {
    const segment = this.#pending.flushed();
    segment?.listener.onFlushed(segment);
  }

  #refused(): void {
    this.#owner.flushes.shut(refusedMs);
    const segment = this.#pending.refused();
    if (segment === 'unclear') this.#fail('The voice refused one of several flushes without naming it.');
    else segment?.listener.onFlushRefused(segment);
  }

  #send(frame: Frame): void {
    this.#out?.next(frame);
  }

  /** Starts the timeout for pending audio. One timer serves many frames, because they arrive faster than it fires. */
  #awaitAnswer(): void {
    if (this.#watch.closed && this.#pending.current() !== undefined) this.#watchFor(this.#timeouts.answeredWithinMs);
  }

  /** Audio that arrives after its `Flushed` is complete when no more has arrived for a while. */
  #awaitLateAudio(): void {
    this.#lateAudio.unsubscribe();
    this.#lateAudio = timer(lateAudioMs).subscribe(() => this.#complete());
  }

  #watchFor(inMs: number): void {
    this.#watch = timer(inMs).subscribe(() => {
      if (this.#pending.current() === undefined) return;
      const { answeredWithinMs } = this.#timeouts;
      const leftMs = this.#receivedAt + answeredWithinMs - asyncScheduler.now();
      if (leftMs > 0) this.#watchFor(leftMs);
      else this.#silent(`The voice sent nothing for ${answeredWithinMs} ms while audio was expected.`);
    });
  }

  #silent(message: string): void {
    this.failed.error(new WireError('silent', message, retryable));
  }

  #fail(message: string): void {
    this.failed.error(new VoiceError('lost-track', message, retryable));
  }
}

const retryable = { retryable: true } as const;
