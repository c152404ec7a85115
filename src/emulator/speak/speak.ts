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
import { HangUp, type Far } from '../server/peer.ts';
import type { SpeakVariant } from '../faults/variant.ts';
import type { Backend, VoiceSettings } from '../backend.ts';
import { Answer, commandReader, type SpeakCommand } from './speakCommands.ts';

/** How long Aura lets a connection stand (aura-and-openai.md A4). */
export const speakingMs = 60 * 60_000;

export interface SpeakCall {
  readonly speak: Backend['speak'];
  readonly voice: VoiceSettings;
  readonly requestId: string;
  /** How long frames go on after a `Clear`. Default 0. */
  readonly clearLagMs?: number | undefined;
  /** How long the connection may stand, busy or not. Default: for ever. */
  readonly lifetimeMs?: number;
  /** How it is where nothing certain is known. */
  readonly variant?: SpeakVariant;
  readonly onClear?: () => void;
  /** Hears of an error of the backend, which closes the connection with 1011. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The far side of `/v1/speak` (aura-and-openai.md A8). Text waits for its `Flush`; flushes are spoken one after another; `Clear`
 * drops text, sound and the flushes that wait, which get no `Flushed`.
 *
 *     frames    ---S--F---------S--F----c---
 *     result    M-------a-a-a-f------a-aC---    M: Metadata, a: audio, f: Flushed, C: Cleared
 */
export function speaking(call: SpeakCall): Far {
  return (frames) =>
    defer(() => {
      const answers = frames.pipe(
        concatWith(NEVER),
        map(commandReader()),
        inDueTime(call),
        connect((commands) =>
          merge(
            commands.pipe(
              filter(isAnswer),
              map(({ frame }) => frame),
            ),
            spoken(commands, call),
          ),
        ),
      );
      return concat(of(metadata(call)), answers).pipe(
        limited(call),
        takeWhile((out) => !(out instanceof HangUp), true),
      );
    });
}

/** The end of a connection that has stood for as long as it may. */
function limited({ lifetimeMs }: SpeakCall): MonoTypeOperatorFunction<Frame | HangUp> {
  if (lifetimeMs === undefined) return identity;
  return mergeWith(timer(lifetimeMs).pipe(map(() => new HangUp(1011, 'NET-0003 the connection has stood for its 60 minutes'))));
}

/** A `Clear` takes effect late where the call says so; what comes after it waits. */
function inDueTime({ clearLagMs = 0, onClear }: SpeakCall): MonoTypeOperatorFunction<SpeakCommand> {
  if (clearLagMs === 0) return tap((command) => command === 'Clear' && onClear?.());
  return concatMap((command) => {
    if (command !== 'Clear') return of(command);
    onClear?.();
    return timer(clearLagMs).pipe(map(() => command));
  });
}

/** The sound of each flush and its `Flushed`; each `Clear` silences it and begins anew. */
function spoken(
  commands: Observable<SpeakCommand>,
  { speak, voice, variant = {}, onError }: SpeakCall,
): Observable<Frame | HangUp> {
  let sequence_id = 0;
  /** The flushes that are not yet answered. */
  let owed = 0;
  const acknowledge = (type: 'Flushed' | 'Cleared') => JSON.stringify({ type, sequence_id: sequence_id++ });
  const say = (text: string): Observable<Frame> => (text.trim() === '' ? EMPTY : speak(text, voice));
  const flushed = defer(() => {
    owed -= 1;
    return of(acknowledge('Flushed'));
  });
  const untilCleared = commands.pipe(
    flushes(variant),
    tap(({ then }) => then === 'Flushed' && owed++),
    concatMap(({ text, then }) =>
      concat(say(text), then === 'close' ? of(new HangUp(1000)) : then === 'Flushed' ? flushed : EMPTY),
    ),
  );
  const cleared = defer(() => {
    const cut = variant.cutFlush === 'Flushed' ? owed : 0;
    owed = 0;
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

/** What is spoken together, and what follows it. */
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

function isAnswer(command: SpeakCommand): command is Answer {
  return command instanceof Answer;
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
