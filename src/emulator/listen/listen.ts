import { catchError, concat, concatWith, defer, ignoreElements, map, merge, NEVER, of, Subject, takeWhile, tap } from 'rxjs';
import { parseJson, recordOf } from '../../../operators/core/json.ts';
import { severally } from '../../../operators/core/severally.ts';
import { unparsableClientMessage } from '../../flux/messages.ts';
import type { Frame } from '../../wire/wire.ts';
import type { Backend, BackendInput, BackendOutput, ListenSettings, Message } from '../backend.ts';
import type { ListenVariant } from '../faults/variant.ts';
import { HangUp, type Peer } from '../server/peer.ts';
import { configured, echo, isConfigure, type ConfigureMessage, type Misfit } from './configure.ts';

export interface ListenCall {
  readonly listen: Backend['listen'];
  readonly settings: ListenSettings;
  /** A UUID, the same in every message of the connection. */
  readonly requestId: string;
  readonly variant?: ListenVariant;
  /** Called with an error of the backend, which closes the connection with 1011. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The service's end of `/v2/listen` (docs/wire/flux.md §11): sends `Connected`, numbers the messages, answers `Configure` and
 * `CloseStream`. The backend recognises the turns. It receives audio, settings, forced ends and our answers in the order of
 * arrival.
 *
 *     frames    ------a--a--a--(CloseStream)
 *     result    C--------u-----E--(hangs up without a status code)
 *
 * Hangs up after an `Error`, whether it comes from the backend or answers an unreadable message.
 */
export function listenPeer({ listen, settings, requestId, variant = {}, onError }: ListenCall): Peer {
  return (frames) =>
    defer(() => {
      const reader = new Reader(settings, variant);
      const inputs = new Subject<BackendInput>();
      const forward = (input: BackendInput | 'CloseStream') => {
        if (input === 'CloseStream') inputs.complete();
        else inputs.next(input);
      };
      const outputs = defer(() => inputs.pipe(listen(settings))).pipe(
        catchError((error: unknown) => {
          onError?.(error);
          return of(new HangUp(1011, 'NET-0000 internal server error'));
        }),
        concatWith(of(new HangUp(undefined, '', true))),
      );
      // Errors of the frames are not errors of the backend: they pass. The end of the frames is not the end of the connection.
      const reading = concat(frames, NEVER).pipe(
        tap((frame) => reader.read(frame).forEach(forward)),
        ignoreElements(),
      );
      return concat(of({ type: 'Connected' }), merge(outputs, reading)).pipe(
        tap((out) => reader.onSent(out)),
        severally(withEnd),
        takeWhile((out) => !(out instanceof HangUp), true),
        map(numbered(requestId)),
      );
    });
}

/** Turns frames into inputs of the backend. Keeps the settings: the backend gets new ones before their confirmation. */
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

  read(frame: Frame): readonly (BackendInput | 'CloseStream')[] {
    if (typeof frame !== 'string') return frame.length > 0 ? [frame] : [];
    const message = recordOf(parseJson(frame));
    switch (message['type']) {
      case 'CloseStream':
        return ['CloseStream'];
      case 'ForceEndTurn':
        return [{ type: 'ForceEndTurn' }];
      case 'Configure':
        return isConfigure(message) ? this.#configure(message) : unreadable('Configure does not fit its schema');
      default:
        return unreadable('unknown message type');
    }
  }

  /** Counts the answers to `Configure`: each allows another one. */
  onSent(out: Message | BackendOutput | HangUp): void {
    if ('type' in out && (out.type === 'ConfigureSuccess' || out.type === 'ConfigureFailure'))
      this.#pending = Math.max(0, this.#pending - 1);
  }

  #configure(message: ConfigureMessage): readonly BackendInput[] {
    const next = this.#pending < this.#maxPending ? configured(this.#settings, message, this.#unsets) : tooMany;
    this.#pending += 1;
    if ('code' in next) return [answer({ type: 'ConfigureFailure', ...next })];
    this.#settings = next;
    return [{ type: 'Settings', settings: next }, answer({ type: 'ConfigureSuccess', ...echo(next) })];
  }
}

const tooMany: Misfit = { code: 'TOO_MANY_PENDING', description: 'too many Configures are pending' };

function unreadable(description: string): readonly BackendInput[] {
  return [answer({ type: 'Error', code: unparsableClientMessage, description })];
}

function answer(message: Message): BackendInput {
  return { type: 'Answer', message };
}

/** Adds a `HangUp` to fatal messages, and replaces drops by one. */
function withEnd(out: Message | BackendOutput | HangUp): (Message | HangUp)[] {
  if (out instanceof HangUp) return [out];
  if ('drop' in out) return [new HangUp(1006)];
  return out.type === 'Error' ? [out, new HangUp(undefined)] : [out];
}

/** Adds the sequence number, and the request id except to `Error`. Fields of the message win. */
function numbered(request_id: string): (out: Message | HangUp) => Frame | HangUp {
  let sequence = 0;
  return (out) => {
    if (out instanceof HangUp) return out;
    const { type } = out;
    const sequence_id = sequence++;
    const defaults = type === 'Error' ? { type, sequence_id } : { type, request_id, sequence_id };
    return JSON.stringify(Object.assign(defaults, out));
  };
}
