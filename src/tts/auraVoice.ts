import { BehaviorSubject, Observable, take, type OperatorFunction } from 'rxjs';
import type { Failure, Sentence, Speak, Warning } from '../../operators/events.ts';
import { toFailure, WireError } from '../errors.ts';
import { Allowance } from './allowance.ts';
import type { Line, LineOwner } from './auraSocket.ts';
import { Reply, type ReplyVoice, type Spoken } from './auraReply.ts';

/**
 * The limits of a socket (aura-and-openai.md A4): 20 flushes and 2400 characters a minute; an allowance is back after 64 s. A new
 * socket may have them anew; whether it does is not said, so that what was spent on the old one counts.
 */
const FLUSHES = 20;
const CHARACTERS = 2400;
const WINDOW_MS = 64_000;

/** The voice of one call: the socket of the moment, and the replies that are being said. */
export class Voice implements ReplyVoice, LineOwner {
  readonly sampleRateHz: number;
  readonly flushes = new Allowance(FLUSHES, WINDOW_MS);
  readonly characters = new Allowance(CHARACTERS, WINDOW_MS);
  /** Whether nothing is being said. */
  readonly resting = new BehaviorSubject(true);
  line: Line | undefined;
  readonly #onUnknown: (message: unknown) => void;
  readonly #live = new Set<Reply>();
  #lost: { readonly error: unknown } | undefined;
  /** What the next reply is to tell: it broke when there was none. Six or seven, then the voice is lost for good. */
  #untold: Failure[] = [];
  #over: { readonly error?: unknown } | undefined;

  constructor(sampleRateHz: number, onUnknown: (message: unknown) => void) {
    this.sampleRateHz = sampleRateHz;
    this.#onUnknown = onUnknown;
  }

  readonly speak = ({ settled }: Parameters<Speak>[0]): OperatorFunction<Sentence, Spoken> => {
    return (sentences) =>
      new Observable((out) => {
        if (this.#over !== undefined) {
          out.error(this.#over.error ?? new WireError('closed', 'The voice was hung up: the call is over.'));
          return;
        }
        const reply = new Reply(this, out);
        this.#live.add(reply);
        this.resting.next(false);
        out.add(() => {
          this.#live.delete(reply);
          reply.drop();
          this.resting.next(this.#live.size === 0);
        });
        for (const failure of this.#untold.splice(0)) reply.tell(failure);
        const error = (reason: unknown): void => out.error(reason);
        out.add(settled.pipe(take(1)).subscribe({ next: () => reply.settle(), error }));
        out.add(sentences.subscribe({ next: (sentence) => reply.say(sentence), error, complete: () => reply.end() }));
      });
  };

  readonly opened = (): void => this.#pump();

  readonly freed = (reply: object): void => {
    if (this.line?.holder !== reply) return;
    this.line.holder = undefined;
    this.#pump();
  };

  readonly warned = (code: string, message: string): void => {
    const warning: Warning = { type: 'Warning', stage: 'speak', code, message };
    const latest = [...this.#live].at(-1);
    if (latest === undefined) this.#onUnknown({ type: 'Warning', code, message });
    else latest.tell(warning);
  };

  readonly unknown = (message: unknown): void => this.#onUnknown(message);

  /** The socket is gone. Another takes its place, or the voice closes. */
  lost(error: unknown): void {
    this.#hangUp();
    this.#lost = { error };
  }

  /** A socket is dialled. What lay at one that was lost goes to it. */
  dial(line: Line): void {
    this.#hangUp();
    this.line = line;
    if (this.#lost === undefined) return;
    const { error } = this.#lost;
    this.#lost = undefined;
    const told = [...this.#live].map((reply) => reply.moveOn(error)).includes(true);
    if (!told) this.#tell(toFailure('speak', error, true));
  }

  /** Nothing is said any more. */
  close(error?: unknown): void {
    this.#over = { error };
    this.#hangUp();
    for (const reply of [...this.#live]) {
      if (error === undefined) reply.close();
      else reply.fail(error);
    }
  }

  #tell(failure: Failure): void {
    const latest = [...this.#live].at(-1);
    if (latest === undefined) this.#untold.push(failure);
    else latest.tell(failure);
  }

  #hangUp(): void {
    this.line?.close();
    this.line = undefined;
  }

  #pump(): void {
    for (const reply of [...this.#live]) reply.pump();
  }
}
