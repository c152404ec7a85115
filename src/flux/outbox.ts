import { Observable, timer, type Subscription } from 'rxjs';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk, ListenInput } from '../../operators/events.ts';

const limitMs = 30_000;

/** The assumed length of a compressed chunk: only a decoder knows it, but for Opus it is usually 20 ms. */
const compressedMs = 20;

export const isAudio = (input: ListenInput): input is AudioChunk => !('type' in input);

/** Something to send, and its end on the audio clock of the call. */
interface Item {
  readonly input: ListenInput;
  readonly endMs: number;
}

/**
 * A buffer of everything to send to Flux, in order. It exists before the first connection, and keeps what was sent until it is
 * released, because the next connection gets it again. It holds at most 30 s of audio and drops the oldest first; `Configure`
 * and `ForceEndTurn` are not dropped.
 */
export class Outbox {
  /** How much of the call's audio was sent, including dropped audio. */
  positionMs = 0;
  #items: Item[] = [];
  /** The held audio begins and ends here on the audio clock. */
  #fromMs = 0;
  #endMs = 0;
  /** The length of the held audio; compressed chunks count `compressedMs`. */
  #heldMs = 0;
  /** If the connection were lost now, the next one would need the audio from here on. */
  #neededMs = 0;
  /** The index of the first item that was not sent on this connection. */
  #next = 0;
  /** One for each connection. */
  readonly #senders = new Set<() => void>();
  #complete = false;
  readonly #catchUp: number;

  /** @param catchUp how much faster than real time a backlog is sent; all at once would fill the socket */
  constructor(catchUp = 8) {
    this.#catchUp = catchUp;
  }

  /** Returns whether audio was dropped that had not been sent. */
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

  /** Call it after the last `push`. */
  end(): void {
    this.#complete = true;
    this.#send();
  }

  /** The length of the dropped audio that a new connection would have needed. */
  get lostMs(): number {
    return Math.max(0, this.#fromMs - this.#neededMs);
  }

  /** Starts again for a new connection, with all that is held. Returns where that begins on the audio clock. */
  rewind(): number {
    this.#next = 0;
    this.positionMs = this.#neededMs = this.#fromMs;
    return this.#fromMs;
  }

  /** Frees sent items that end at `upToMs` or before. */
  release(upToMs: number): void {
    this.#neededMs = Math.max(this.#neededMs, upToMs);
    let count = 0;
    while (count < this.#next && (this.#items[count]?.endMs ?? Infinity) <= upToMs) count++;
    for (const item of this.#items.splice(0, count)) this.#subtract(item);
    this.#next -= count;
  }

  /** Frees a `ForceEndTurn` that was sent: the next connection must not get it again. */
  turnEnded(): void {
    const sent = this.#items.slice(0, this.#next).filter(({ input }) => isAudio(input));
    this.#items.splice(0, this.#next, ...sent);
    this.#next = sent.length;
  }

  /** Emits the held items, a backlog of audio at `catchUp` times real time, and then new items. Completes after the last one. */
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
            if (durationMs(input) === 0) this.release(endMs); // its position on the audio clock is unknown
          } else if (input.type === 'Configure') {
            this.#items.splice(--this.#next, 1); // `CurrentSettings` keeps it
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

  #subtract({ input, endMs }: Item): void {
    if (!isAudio(input)) return;
    this.#fromMs = endMs;
    this.#heldMs -= boundMs(input);
  }

  /** Returns whether it was still unsent. */
  #dropOldest(): boolean {
    const at = this.#items.findIndex(({ input }) => isAudio(input));
    const unsent = at >= this.#next;
    for (const item of this.#items.splice(at, 1)) {
      this.#subtract(item);
      if (unsent) this.positionMs = item.endMs;
      else this.#next--;
    }
    return unsent;
  }
}

const boundMs = (chunk: AudioChunk): number => durationMs(chunk) || compressedMs;
