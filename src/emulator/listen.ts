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
      const asked = frames.pipe(
        concatWith(NEVER),
        filter((frame) => frame.length > 0 || typeof frame === 'string'),
        map(read),
      );
      const said = asked.pipe(
        connect((asked) =>
          merge(
            asked.pipe(
              catchError(() => NEVER),
              takeWhile((one) => !isClose(one)),
              filter(isForMind),
              (inputs) => defer(() => inputs.pipe(listen(settings))),
              catchError((error: unknown) => {
                onError?.(error);
                return of(new HangUp(1011, 'NET-0000 internal server error'));
              }),
              concatWith(of(new HangUp(undefined, '', true))),
            ),
            asked.pipe(map(answerTo), filter(isPresent)),
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

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a frame asks: something of the mind, an answer of ours, or the end. */
type Asked = MindInput | { readonly type: 'Answer'; readonly message: Message } | { readonly type: 'CloseStream' };

function isClose(asked: Asked): boolean {
  return !(asked instanceof Uint8Array) && asked.type === 'CloseStream';
}

function isForMind(asked: Asked): asked is MindInput {
  return asked instanceof Uint8Array || asked.type === 'Settings' || asked.type === 'ForceEndTurn';
}

/** New settings are the mind's first, then they are confirmed. */
function answerTo(asked: Asked): Message | undefined {
  if (asked instanceof Uint8Array) return undefined;
  if (asked.type === 'Settings') return { type: 'ConfigureSuccess', ...echo(asked.settings) };
  return asked.type === 'Answer' ? asked.message : undefined;
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** Reads frames; the settings that `Configure` changes are born with it. */
function reader(initial: ListenSettings): (frame: Frame) => Asked {
  let settings = initial;
  return (frame) => {
    if (typeof frame !== 'string') return frame;
    const message = parse(frame);
    switch (message?.['type']) {
      case 'CloseStream':
      case 'ForceEndTurn':
        return { type: message['type'] };
      case 'Configure': {
        if (!isConfigure(message)) return unreadable('Configure does not fit its schema');
        const next = configured(settings, message);
        if ('code' in next) return { type: 'Answer', message: { type: 'ConfigureFailure', ...next } };
        settings = next;
        return { type: 'Settings', settings };
      }
      default:
        return unreadable('unknown message type');
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
  return { type: 'Answer', message: { type: 'Error', code: unparsableClientMessage, description } };
}

/** Fatal messages and drops hang up. */
function withEnd(out: Message | MindOutput | HangUp): (Message | HangUp)[] {
  if (out instanceof HangUp) return [out];
  if ('drop' in out) return [new HangUp(1006)];
  const message = out as Message;
  return message.type === 'Error' ? [message, new HangUp(undefined)] : [message];
}

/** One counter for messages of any type, one request id, missing only on `Error`; a row that brings its own keeps it. */
function numbered(request_id: string): (out: Message | HangUp) => Frame | HangUp {
  let sequence = 0;
  return (out) => {
    if (out instanceof HangUp) return out;
    const { type } = out;
    const sequence_id = sequence++;
    const fields: Readonly<Record<string, unknown>> = out;
    return JSON.stringify(type === 'Error' ? { type, sequence_id, ...fields } : { type, request_id, sequence_id, ...fields });
  };
}
