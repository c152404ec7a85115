import { Observable, Subject, timer, type Subscription } from 'rxjs';
import { durationMs } from '../../operators/duration.ts';
import type { AudioChunk, ListenInput } from '../../operators/events.ts';

const limitMs = 30_000;

/** How much faster than real time a backlog goes out, so that it does not fill the socket. */
const catchUp = 8;

/** What a compressed chunk counts for in a bound: only a decoder knows its length, but Opus usually has 20 ms. */
const compressedMs = 20;

export const isAudio = (input: ListenInput): input is AudioChunk => !('type' in input);

/**
 * What is to be sent to Flux, in order, from before there is anyone to send it to. At most 30 s of audio wait: the oldest goes
 * first. What the caller asked for (`Configure`, `ForceEndTurn`) is kept.
 */
export class Outbox {
  /** How far into the call's audio sending has come; dropped audio counts as sent. */
  positionMs = 0;
  private readonly waiting: ListenInput[] = [];
  private readonly changed = new Subject<void>();
  private waitingMs = 0;
  private ended = false;

  /** Returns how much audio had to go to make room. */
  push(input: ListenInput): number {
    const before = this.positionMs;
    if (isAudio(input)) this.waitingMs += boundMs(input);
    this.waiting.push(input);
    while (this.waitingMs > limitMs) this.dropOldest();
    const dropped = this.positionMs - before;
    this.changed.next();
    return dropped;
  }

  /** Nothing more will come. */
  end(): void {
    this.ended = true;
    this.changed.next();
  }

  /** Sends: what waits, a backlog of audio at 8 times real time, then what comes. Completes after the last of it. */
  items(): Observable<ListenInput> {
    return new Observable((subscriber) => {
      let pause: Subscription | undefined;
      let busy = false;

      const send = () => {
        if (busy) return;
        busy = true;
        while (!pause && !subscriber.closed) {
          const item = this.waiting.shift();
          if (!item) break;
          if (isAudio(item)) {
            this.leave(item);
            if (this.waiting.some(isAudio)) pause = timer(Math.ceil(durationMs(item) / catchUp)).subscribe(resume);
          }
          subscriber.next(item);
        }
        busy = false;
        if (this.ended && this.waiting.length === 0 && !pause) subscriber.complete();
      };
      const resume = () => {
        pause = undefined;
        send();
      };

      subscriber.add(() => pause?.unsubscribe());
      subscriber.add(this.changed.subscribe(send));
      send();
    });
  }

  private leave(chunk: AudioChunk): void {
    this.waitingMs -= boundMs(chunk);
    this.positionMs += durationMs(chunk);
  }

  private dropOldest(): void {
    const [oldest] = this.waiting.splice(this.waiting.findIndex(isAudio), 1);
    if (oldest && isAudio(oldest)) this.leave(oldest);
  }
}

const boundMs = (chunk: AudioChunk): number => durationMs(chunk) || compressedMs;
