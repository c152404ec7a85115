import { Observable, timer, type Subscription } from 'rxjs';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk, ListenInput } from '../../operators/events.ts';

const limitMs = 30_000;

/** What a compressed chunk counts for in a bound: only a decoder knows its length, but Opus usually has 20 ms. */
const compressedMs = 20;

export const isAudio = (input: ListenInput): input is AudioChunk => !('type' in input);

/** Something to be sent, and where in the call's audio it ends. */
interface Item {
  readonly input: ListenInput;
  readonly endMs: number;
}

/**
 * What is to be sent to Flux, in order, from before there is anyone to send it to; and what was sent, until it is `released`: the
 * next connection hears it again. At most 30 s of audio are held: the oldest goes first. What the caller asked for (`Configure`,
 * `ForceEndTurn`) is kept.
 */
export class Outbox {
  /** How far into the call's audio sending has come; audio that was let go counts as sent. */
  positionMs = 0;
  #items: Item[] = [];
  /** Where in the call's audio what is held begins and ends; how much it counts for. */
  #fromMs = 0;
  #endMs = 0;
  #heldMs = 0;
  /** From where on audio is still needed, should the connection be lost. */
  #neededMs = 0;
  /** The first item that was not sent on this connection. */
  #next = 0;
  /** Those who send, of whom each connection has one. */
  readonly #senders = new Set<() => void>();
  #complete = false;
  readonly #catchUp: number;

  /** `catchUp`: how much faster than real time a backlog goes out; at once it would fill the socket. */
  constructor(catchUp = 8) {
    this.#catchUp = catchUp;
  }

  /** Returns whether audio had to go to make room that was never sent. */
  push(input: ListenInput): boolean {
    if (isAudio(input)) {
      this.#endMs += durationMs(input);
      this.#heldMs += boundMs(input);
    }
    this.#items.push({ input, endMs: this.#endMs });
    let unsent = false;
    while (this.#heldMs > limitMs) unsent = this.#dropOldest() || unsent;
    this.#send();
    return unsent;
  }

  /** Nothing more will come. */
  end(): void {
    this.#complete = true;
    this.#send();
  }

  /** How much audio has gone that another connection should have heard. */
  get lostMs(): number {
    return Math.max(0, this.#fromMs - this.#neededMs);
  }

  /** Another connection: it hears all that is held. Returns where in the call's audio that begins. */
  rewind(): number {
    this.#next = 0;
    this.positionMs = this.#neededMs = this.#fromMs;
    return this.#fromMs;
  }

  /** What was sent and ends here or before need not be heard again. */
  release(upToMs: number): void {
    this.#neededMs = Math.max(this.#neededMs, upToMs);
    let count = 0;
    while (count < this.#next && (this.#items[count]?.endMs ?? Infinity) <= upToMs) count++;
    for (const item of this.#items.splice(0, count)) this.#leave(item);
    this.#next -= count;
  }

  /** The turn has ended: it need not be ended once more. */
  ended(): void {
    const sent = this.#items.slice(0, this.#next).filter(({ input }) => isAudio(input));
    this.#items.splice(0, this.#next, ...sent);
    this.#next = sent.length;
  }

  /** Sends: what is held, a backlog of audio at `catchUp` times real time, then what comes. Completes after the last of it. */
  sending(): Observable<ListenInput> {
    return new Observable((subscriber) => {
      let pause: Subscription | undefined;
      let busy = false;

      const send = () => {
        if (busy) return;
        busy = true;
        while (!pause && !subscriber.closed) {
          const item = this.#items[this.#next];
          if (!item) break;
          this.#next++;
          const { input, endMs } = item;
          if (isAudio(input)) {
            this.positionMs = endMs;
            if (this.#isBehind()) pause = timer(Math.ceil(durationMs(input) / this.#catchUp)).subscribe(resume);
            if (durationMs(input) === 0) this.release(endMs); // nobody can say when compressed audio was heard
          } else if (input.type === 'Configure') {
            this.#items.splice(--this.#next, 1); // the session remembers it
          }
          subscriber.next(input);
        }
        busy = false;
        if (this.#complete && this.#next === this.#items.length && !pause) subscriber.complete();
      };
      const resume = () => {
        pause = undefined;
        send();
      };

      this.#senders.add(send);
      subscriber.add(() => {
        this.#senders.delete(send);
        pause?.unsubscribe();
      });
      send();
    });
  }

  #send(): void {
    this.#senders.forEach((send) => send());
  }

  #isBehind(): boolean {
    return this.#next < this.#items.length && this.#items.slice(this.#next).some(({ input }) => isAudio(input));
  }

  #leave({ input, endMs }: Item): void {
    if (!isAudio(input)) return;
    this.#fromMs = endMs;
    this.#heldMs -= boundMs(input);
  }

  /** Returns whether it had not been sent. */
  #dropOldest(): boolean {
    const at = this.#items.findIndex(({ input }) => isAudio(input));
    const unsent = at >= this.#next;
    for (const item of this.#items.splice(at, 1)) {
      this.#leave(item);
      if (unsent) this.positionMs = item.endMs;
      else this.#next--;
    }
    return unsent;
  }
}

const boundMs = (chunk: AudioChunk): number => durationMs(chunk) || compressedMs;
