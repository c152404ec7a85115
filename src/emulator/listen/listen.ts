import { catchError, concat, concatWith, defer, map, Observable, of, Subject, takeWhile, tap } from 'rxjs';
import { follow } from '../../../operators/core/follow.ts';
import { severally } from '../../../operators/core/severally.ts';
import { withMore } from '../../../operators/core/withMore.ts';
import { unparsableClientMessage } from '../../flux/messages.ts';
import type { Frame } from '../../wire/wire.ts';
import { configured, echo, isConfigure, type ConfigureMessage, type Misfit } from './configure.ts';
import { HangUp, type Far } from '../server/peer.ts';
import type { ListenVariant } from '../faults/variant.ts';
import type { ListenSettings, Message, Backend, BackendInput, BackendOutput } from '../backend.ts';

export interface ListenCall {
  readonly listen: Backend['listen'];
  readonly settings: ListenSettings;
  /** A UUID, the same on every message of the connection. */
  readonly requestId: string;
  /** How it is where nothing certain is known. */
  readonly variant?: ListenVariant;
  /** Hears of an error of the backend, which closes the connection with 1011. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The far side of `/v2/listen` (flux.md §11): `Connected`, one counter, `Configure`, `CloseStream`. What is heard, and when,
 * is the backend's matter; it gets audio, settings, forced ends and our answers in the order they came.
 *
 *     frames    ------a--a--a--(CloseStream)
 *     result    C--------u-----E--(hangs up without a status code)
 *
 * After an `Error`, the backend's or for a message it cannot read, it hangs up.
 */
export function listening({ listen, settings, requestId, variant = {}, onError }: ListenCall): Far {
  return (frames) =>
    defer(() => {
      const reader = new Reader(settings, variant);
      const said = new Observable<Message | BackendOutput | HangUp>((subscriber) => {
        const inputs = new Subject<BackendInput>();
        const outputs = defer(() => inputs.pipe(listen(settings))).pipe(
          catchError((error: unknown) => {
            onError?.(error);
            return of(new HangUp(1011, 'NET-0000 internal server error'));
          }),
          concatWith(of(new HangUp(undefined, '', true))),
        );
        const ask = (asked: Asked) => {
          if (isForBackend(asked)) inputs.next(asked);
          else inputs.complete();
        };
        follow(outputs, subscriber, { next: (out) => subscriber.next(out) });
        // What breaks the frames is no fault of the backend: it goes on to the wire. That they end is no end.
        follow(frames, subscriber, {
          next: (frame) => reader.read(frame).forEach(ask),
          complete: () => undefined,
        });
      });
      return concat(of({ type: 'Connected' }), said).pipe(
        tap((out) => reader.note(out)),
        severally(withEnd),
        takeWhile((out) => !(out instanceof HangUp), true),
        map(numbered(requestId)),
      );
    });
}

/** What a frame asks: something of the backend, or the end. */
type Asked = BackendInput | { readonly type: 'CloseStream' };

function isForBackend(asked: Asked): asked is BackendInput {
  return asked instanceof Uint8Array || asked.type !== 'CloseStream';
}

/** Reads frames; the settings that `Configure` changes are born with it. New settings are heard first, then confirmed. */
class Reader {
  readonly #maxPending: number;
  readonly #unsets: boolean;
  #settings: ListenSettings;
  #pending = 0;

  constructor(settings: ListenSettings, { maxPending = 8, eagerNull }: ListenVariant) {
    this.#settings = settings;
    this.#maxPending = maxPending;
    this.#unsets = eagerNull === 'unsets';
  }

  read(frame: Frame): readonly Asked[] {
    if (typeof frame !== 'string') return frame.length > 0 ? [frame] : [];
    const message = parse(frame);
    switch (message?.['type']) {
      case 'CloseStream':
      case 'ForceEndTurn':
        return [{ type: message['type'] }];
      case 'Configure':
        return isConfigure(message) ? this.#configure(message) : unreadable('Configure does not fit its schema');
      default:
        return unreadable('unknown message type');
    }
  }

  /** Something was said; the answer to a `Configure` makes room for another. */
  note(out: Message | BackendOutput | HangUp): void {
    if ('type' in out && (out.type === 'ConfigureSuccess' || out.type === 'ConfigureFailure'))
      this.#pending = Math.max(0, this.#pending - 1);
  }

  #configure(message: ConfigureMessage): readonly Asked[] {
    const next = this.#pending < this.#maxPending ? configured(this.#settings, message, this.#unsets) : tooMany;
    this.#pending += 1;
    if ('code' in next) return [answer({ type: 'ConfigureFailure', ...next })];
    this.#settings = next;
    return [{ type: 'Settings', settings: next }, answer({ type: 'ConfigureSuccess', ...echo(next) })];
  }
}

const tooMany: Misfit = { code: 'TOO_MANY_PENDING', description: 'too many Configures are pending' };

function parse(frame: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(description: string): readonly Asked[] {
  return [answer({ type: 'Error', code: unparsableClientMessage, description })];
}

function answer(message: Message): Asked {
  return { type: 'Answer', message };
}

/** Fatal messages and drops hang up. */
function withEnd(out: Message | BackendOutput | HangUp): (Message | HangUp)[] {
  if (out instanceof HangUp) return [out];
  if ('drop' in out) return [new HangUp(1006)];
  return out.type === 'Error' ? [out, new HangUp(undefined)] : [out];
}

/** One counter for messages of any type, one request id, missing only on `Error`; a row that brings its own keeps it. */
function numbered(request_id: string): (out: Message | HangUp) => Frame | HangUp {
  let sequence = 0;
  return (out) => {
    if (out instanceof HangUp) return out;
    const { type } = out;
    const sequence_id = sequence++;
    return JSON.stringify(withMore(type === 'Error' ? { type, sequence_id } : { type, request_id, sequence_id }, out));
  };
}
