import { BehaviorSubject, Observable, take, type OperatorFunction } from 'rxjs';
import type { Failure, Sentence, Speak, Warning } from '../../operators/events.ts';
import { toFailure, WireError } from '../errors.ts';
import { Allowance } from './allowance.ts';
import { AuraReply, type ReplyVoice, type VoiceOutput } from './auraReply.ts';
import type { AuraSocket, SocketOwner } from './auraSocket.ts';

/**
 * The limits of a socket (docs/wire/aura.md A4). A used flush is available again after 64 s. It is not documented whether a new
 * socket starts from 0, so the use of the old one still counts.
 */
const flushesAMinute = 20;
const charactersAMinute = 2400;
const windowMs = 64_000;

/** The voice of one call: its current socket and its active replies. */
export class AuraVoice implements ReplyVoice, SocketOwner {
  readonly sampleRateHz: number;
  readonly flushes = new Allowance(flushesAMinute, windowMs);
  readonly characters = new Allowance(charactersAMinute, windowMs);
  /** Whether no reply is active. */
  readonly idle = new BehaviorSubject(true);
  socket: AuraSocket | undefined;
  readonly onUnknown: (message: unknown) => void;
  readonly #live = new Set<AuraReply>();
  #lost: { readonly error: unknown } | undefined;
  /** Failures that happened while no reply was active; the next reply emits them. At most seven, then the voice errors. */
  #unreported: Failure[] = [];
  #closed: { readonly error?: unknown } | undefined;

  constructor(sampleRateHz: number, onUnknown: (message: unknown) => void) {
    this.sampleRateHz = sampleRateHz;
    this.onUnknown = onUnknown;
  }

  readonly speak = ({ settled }: Parameters<Speak>[0]): OperatorFunction<Sentence, VoiceOutput> => {
    return (sentences) =>
      new Observable((out) => {
        if (this.#closed !== undefined) {
          out.error(this.#closed.error ?? new WireError('closed', 'The voice is closed: the call is over.'));
          return;
        }
        const reply = new AuraReply(this, out);
        this.#live.add(reply);
        this.idle.next(false);
        out.add(() => {
          this.#live.delete(reply);
          reply.drop();
          this.idle.next(this.#live.size === 0);
        });
        for (const failure of this.#unreported.splice(0)) reply.report(failure);
        const error = (reason: unknown): void => out.error(reason);
        out.add(settled.pipe(take(1)).subscribe({ next: () => reply.settle(), error }));
        out.add(sentences.subscribe({ next: (sentence) => reply.add(sentence), error, complete: () => reply.end() }));
      });
  };

  readonly onOpen = (): void => this.#pump();

  readonly onFreed = (reply: object): void => {
    if (this.socket?.holder !== reply) return;
    this.socket.holder = undefined;
    this.#pump();
  };

  readonly onWarning = (code: string, message: string): void => {
    const warning: Warning = { type: 'Warning', stage: 'speak', code, message };
    const latest = [...this.#live].at(-1);
    if (latest === undefined) this.onUnknown({ type: 'Warning', code, message });
    else latest.report(warning);
  };

  /** The socket is lost: another replaces it, or the voice closes. */
  lost(error: unknown): void {
    this.#closeSocket();
    this.#lost = { error };
  }

  /** Uses a new socket. The text without audio of a lost socket goes to it. */
  connect(socket: AuraSocket): void {
    this.#closeSocket();
    this.socket = socket;
    if (this.#lost === undefined) return;
    const { error } = this.#lost;
    this.#lost = undefined;
    const reported = [...this.#live].map((reply) => reply.recover(error)).includes(true);
    if (!reported) this.#report(toFailure('speak', error, true));
  }

  close(error?: unknown): void {
    this.#closed = { error };
    this.#closeSocket();
    for (const reply of [...this.#live]) {
      if (error === undefined) reply.close();
      else reply.fail(error);
    }
  }

  #report(failure: Failure): void {
    const latest = [...this.#live].at(-1);
    if (latest === undefined) this.#unreported.push(failure);
    else latest.report(failure);
  }

  #closeSocket(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  #pump(): void {
    for (const reply of [...this.#live]) reply.pump();
  }
}
