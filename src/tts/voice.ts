import { Observable, take } from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import type { Sentence, Speak } from '../../operators/events.ts';
import { toFailure, VoiceError, WireError } from '../errors.ts';
import type { Line, LineOwner } from './line.ts';
import { Reply } from './reply.ts';
import type { ReplyVoice, Spoken } from './reply.ts';

/** The voice of one call: the socket of the moment, and the replies that are being said. */
export class Voice implements ReplyVoice, LineOwner {
  readonly sampleRateHz: number;
  line: Line | undefined;
  readonly #onUnknown: (message: unknown) => void;
  readonly #live = new Set<Reply>();
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
        out.add(() => {
          this.#live.delete(reply);
          reply.drop();
        });
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
    const latest = [...this.#live].at(-1);
    if (latest === undefined) this.#onUnknown({ type: 'Warning', code, message });
    else latest.warn({ type: 'Warning', stage: 'speak', code, message });
  };

  readonly unknown = (message: unknown): void => this.#onUnknown(message);

  /** The socket is gone, and the replies with it; but if it was we who gave it up, they are said on the next. */
  lost(error: unknown): void {
    this.line?.close();
    this.line = undefined;
    const moves = error instanceof VoiceError;
    for (const reply of [...this.#live]) {
      if (moves) reply.moveOn(toFailure('speak', error, true));
      else reply.fail(error);
    }
  }

  /** Nothing is said any more. */
  close(error?: unknown): void {
    this.#over = { error };
    this.line?.close();
    this.line = undefined;
    for (const reply of [...this.#live]) reply.close();
  }

  #pump(): void {
    for (const reply of [...this.#live]) reply.pump();
  }
}
