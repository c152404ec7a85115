import {
  catchError,
  concat,
  concatMap,
  concatWith,
  connect,
  defer,
  EMPTY,
  filter,
  identity,
  map,
  merge,
  mergeWith,
  NEVER,
  of,
  startWith,
  switchMap,
  takeWhile,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { severally } from '../../../operators/core/severally.ts';
import type { Frame } from '../../wire/wire.ts';
import type { Backend, VoiceSettings } from '../backend.ts';
import type { SpeakVariant } from '../faults/variant.ts';
import { HangUp, type Peer } from '../server/peer.ts';
import { commandReader, type SpeakCommand } from './speakCommands.ts';

/** The longest life of a connection to Aura (docs/wire/aura.md A4). */
export const longestConnectionMs = 60 * 60_000;

export interface SpeakCall {
  readonly speak: Backend['speak'];
  readonly voice: VoiceSettings;
  readonly requestId: string;
  /** How long audio continues after a `Clear`. Default 0. */
  readonly clearLagMs?: number | undefined;
  /** The longest life of the connection. Default: no limit. */
  readonly lifetimeMs?: number;
  readonly variant?: SpeakVariant;
  readonly onClear?: () => void;
  /** Called with an error of the backend, which closes the connection with 1011. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The service's end of `/v1/speak` (docs/wire/aura.md A8). Text waits for its `Flush`; flushes are spoken one after another.
 * `Clear` drops text, audio and waiting flushes, which get no `Flushed`.
 *
 *     frames    ---S--F---------S--F----c---
 *     result    M-------a-a-a-f------a-aC---    M: Metadata, a: audio, f: Flushed, C: Cleared
 */
export function speakPeer(call: SpeakCall): Peer {
  return (frames) =>
    defer(() => {
      const answers = frames.pipe(
        concatWith(NEVER),
        map(commandReader()),
        delayClear(call),
        connect((commands) =>
          merge(
            commands.pipe(severally((command) => (typeof command !== 'string' && 'answer' in command ? [command.answer] : []))),
            speech(commands, call),
          ),
        ),
      );
      return concat(of(metadata(call)), answers).pipe(
        limitLifetime(call),
        takeWhile((out) => !(out instanceof HangUp), true),
      );
    });
}

/** Hangs up when the connection has reached its longest life. */
function limitLifetime({ lifetimeMs }: SpeakCall): MonoTypeOperatorFunction<Frame | HangUp> {
  if (lifetimeMs === undefined) return identity;
  return mergeWith(timer(lifetimeMs).pipe(map(() => new HangUp(1011, 'NET-0003 the connection has stood for its 60 minutes'))));
}

/** Delays a `Clear`, and the commands after it, by `clearLagMs`. */
function delayClear({ clearLagMs = 0, onClear }: SpeakCall): MonoTypeOperatorFunction<SpeakCommand> {
  if (clearLagMs === 0) return tap((command) => command === 'Clear' && onClear?.());
  return concatMap((command) => {
    if (command !== 'Clear') return of(command);
    onClear?.();
    return timer(clearLagMs).pipe(map(() => command));
  });
}

/** The audio of each flush and its `Flushed`. A `Clear` stops it and begins again. */
function speech(
  commands: Observable<SpeakCommand>,
  { speak, voice, variant = {}, onError }: SpeakCall,
): Observable<Frame | HangUp> {
  let sequence_id = 0;
  /** The number of flushes without an answer. */
  let pending = 0;
  const acknowledge = (type: 'Flushed' | 'Cleared') => JSON.stringify({ type, sequence_id: sequence_id++ });
  const audioOf = (text: string): Observable<Frame> => (text.trim() === '' ? EMPTY : speak(text, voice));
  const flushed = defer(() => {
    pending -= 1;
    return [acknowledge('Flushed')];
  });
  const untilCleared = commands.pipe(
    flushes(variant),
    tap(({ then }) => then === 'Flushed' && pending++),
    concatMap(({ text, then }) =>
      concat(audioOf(text), then === 'close' ? of(new HangUp(1000)) : then === 'Flushed' ? flushed : EMPTY),
    ),
  );
  const cleared = defer(() => {
    const cut = variant.cutFlush === 'Flushed' ? pending : 0;
    pending = 0;
    return [...Array.from({ length: cut }, () => acknowledge('Flushed')), acknowledge('Cleared')];
  });
  return commands.pipe(
    filter((command) => command === 'Clear'),
    map(() => cleared),
    startWith(undefined),
    switchMap((first) => (first ? merge(untilCleared, first) : untilCleared)),
    catchError((error: unknown) =>
      of(new HangUp(1011, 'NET-0000 internal server error')).pipe(tap({ subscribe: () => onError?.(error) })),
    ),
  );
}

/** Text that is spoken together, and the message that follows it. */
interface Flush {
  readonly text: string;
  readonly then: 'Flushed' | 'close' | 'nothing';
}

function flushes({ sound, emptyFlush }: SpeakVariant): OperatorFunction<SpeakCommand, Flush> {
  return (commands) =>
    defer(() => {
      let text = '';
      let isEmpty = true;
      return commands.pipe(
        severally((command): readonly Flush[] => {
          if (command === 'Flush' || command === 'Close') {
            const answered = !isEmpty || emptyFlush !== 'unanswered';
            const flush: Flush = { text, then: command === 'Close' ? 'close' : answered ? 'Flushed' : 'nothing' };
            text = '';
            isEmpty = true;
            return [flush];
          }
          if (typeof command === 'string' || !('text' in command)) return [];
          isEmpty = false;
          if (sound === 'before Flush') return [{ text: command.text, then: 'nothing' }];
          text += command.text;
          return [];
        }),
      );
    });
}

function metadata({ voice, requestId }: SpeakCall): string {
  return JSON.stringify({
    type: 'Metadata',
    request_id: requestId,
    model_name: voice.model,
    model_version: '2025-04-07.0',
    model_uuid: '8b5c2f6e-3f0c-4b57-9a0e-7b6b3a1f2c44',
    additional_model_uuids: [],
  });
}
