import { catchError, concat, concatMap, concatWith, connect, defer, filter, map, merge, NEVER, of, takeWhile } from 'rxjs';
import { unparsableClientMessage } from '../flux/messages.ts';
import type { Frame } from '../wire/wire.ts';
import { configured, echo, isConfigure } from './configure.ts';
import { HangUp, type Far } from './far.ts';
import type { ListenSettings, Mind, MindInput, MindOutput } from './mind.ts';

export interface ListenCall {
  readonly listen: Mind['listen'];
  readonly settings: ListenSettings;
  /** A UUID, the same on every message of the connection. */
  readonly requestId: string;
  /** Hears of an error of the mind, which closes the connection with 1011. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The far side of `/v2/listen` (flux.md §11): `Connected`, one counter, `Configure`, `CloseStream`. What is heard, and when,
 * is the mind's matter; it gets audio, settings and forced ends in the order they came.
 *
 *     frames    ------a--a--a--(CloseStream)
 *     result    C--------u-----E--(hangs up without a status code)
 *
 * After an `Error`, the mind's or for a message it cannot read, it hangs up.
 */
export function listening({ listen, settings, requestId, onError }: ListenCall): Far {
  return (frames) =>
    defer(() => {
      const read = reader(settings);
      const asked = frames.pipe(concatWith(NEVER), concatMap(read));
      const said = asked.pipe(
        connect((asked) =>
          merge(
            asked.pipe(filter(isAnswer)),
            asked.pipe(
              catchError(() => NEVER),
              takeWhile((one) => one !== closeStream),
              filter(isForMind),
              (inputs) => defer(() => inputs.pipe(listen(settings))),
              catchError((error: unknown) => {
                onError?.(error);
                return of(new HangUp(1011, 'NET-0000 internal server error'));
              }),
              concatWith(of(new HangUp(undefined, '', true))),
            ),
          ),
        ),
      );
      return concat(of({ type: 'Connected' }), said).pipe(
        concatMap(withEnd),
        takeWhile((out) => !(out instanceof HangUp), true),
        map(numbered(requestId)),
      );
    });
}

const closeStream = Symbol('CloseStream');

/** What a frame asks: something of the mind, or that we answer it, or the end. */
type Asked = MindInput | { readonly answer: Message } | typeof closeStream;
type Message = Readonly<Record<string, unknown>> & { readonly type: string };

function isAnswer(asked: Asked): asked is { readonly answer: Message } {
  return typeof asked === 'object' && 'answer' in asked;
}

function isForMind(asked: Asked): asked is MindInput {
  return typeof asked === 'object' && !('answer' in asked);
}

/** Reads frames; the settings that `Configure` changes are born with it. */
function reader(initial: ListenSettings): (frame: Frame) => Asked[] {
  let settings = initial;
  return (frame) => {
    if (typeof frame !== 'string') return frame.length > 0 ? [frame] : [];
    const message = parse(frame);
    switch (message?.['type']) {
      case 'CloseStream':
        return [closeStream];
      case 'ForceEndTurn':
        return [{ type: 'ForceEndTurn' }];
      case 'Configure': {
        if (!isConfigure(message)) return [unreadable('Configure does not fit its schema')];
        const next = configured(settings, message);
        if ('code' in next) return [{ answer: { type: 'ConfigureFailure', ...next } }];
        settings = next;
        return [{ type: 'Settings', settings }, { answer: { type: 'ConfigureSuccess', ...echo(settings) } }];
      }
      default:
        return [unreadable('unknown message type')];
    }
  };
}

function parse(frame: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(description: string): Asked {
  return { answer: { type: 'Error', code: unparsableClientMessage, description } };
}

/** Fatal messages and drops hang up. */
function withEnd(out: { readonly answer: Message } | MindOutput | HangUp): (Message | HangUp)[] {
  if (out instanceof HangUp) return [out];
  if ('drop' in out) return [new HangUp(1006)];
  const message = ('answer' in out ? out['answer'] : out) as Message;
  return message.type === 'Error' ? [message, new HangUp(undefined)] : [message];
}

/** One counter for messages of any type, one request id, missing only on `Error`; a row that brings its own keeps it. */
function numbered(request_id: string): (out: Message | HangUp) => Frame | HangUp {
  let sequence = 0;
  return (out) => {
    if (out instanceof HangUp) return out;
    const { type, ...fields } = out;
    const sequence_id = sequence++;
    return JSON.stringify({ type, ...(type !== 'Error' && { request_id }), sequence_id, ...fields });
  };
}
