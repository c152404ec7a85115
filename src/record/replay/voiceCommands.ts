import type { Subscriber } from 'rxjs';
import type { Frame } from '../../wire/wire.ts';
import { frameOf, type Connection } from '../file/connections.ts';
import { fromRecordedError } from '../file/recordedError.ts';
import { messageOf } from '../messageOf.ts';

/** A command to Aura, and what Aura sent until the next one. */
export interface VoiceCommand {
  readonly type: 'open' | 'Flush' | 'Clear' | 'Close';
  /** The text that was flushed. */
  readonly text: string;
  readonly answers: readonly VoiceAnswer[];
  readonly at: number;
  /** How long after the command its answers are known: until the next command, or the end. */
  readonly untilMs: number;
}

export interface VoiceAnswer {
  readonly afterMs: number;
  readonly place: number;
  readonly run: (out: Subscriber<Frame>) => void;
  /** Missing for the end of the connection. */
  readonly frame?: Frame;
}

/** Reads the commands of a connection, in order; the first is its opening. */
export function voiceCommands({ open, rows, end, knownUntil }: Connection): readonly VoiceCommand[] {
  const commands: (Omit<VoiceCommand, 'answers' | 'untilMs'> & { answers: VoiceAnswer[]; untilMs: number })[] = [];
  const begin = (type: VoiceCommand['type'], text: string, at: number) => {
    const before = commands.at(-1);
    if (before) before.untilMs = at - before.at;
    commands.push({ type, text, answers: [], untilMs: Math.max(0, knownUntil - at), at });
  };
  const answer = (at: number, answer: Omit<VoiceAnswer, 'afterMs'>) => {
    const command = commands.at(-1);
    command?.answers.push({ afterMs: Math.max(0, at - command.at), ...answer });
  };
  begin('open', '', open?.at ?? 0);
  let text = '';
  for (const { at, way, place, frame: recorded } of rows) {
    const frame = frameOf(recorded);
    if (way === 'got') {
      answer(at, { place, frame, run: (out) => out.next(frame) });
      continue;
    }
    const type = commandOf(frame);
    text += textOf(frame);
    if (type === undefined) continue;
    begin(type, type === 'Flush' ? text : '', at);
    text = '';
  }
  if (end) answer(end.at, { place: end.place, run: endBy(end) });
  return commands;
}

/** Ends a connection as it ended in the recording. */
export const endBy =
  ({ error }: NonNullable<Connection['end']>): VoiceAnswer['run'] =>
  (out) => {
    if (error) out.error(fromRecordedError(error));
    else out.complete();
  };

/** The command in a frame, if it is one that Aura answers. */
export function commandOf(frame: Frame): 'Flush' | 'Clear' | 'Close' | undefined {
  const type = messageOf(frame)?.['type'];
  return type === 'Flush' || type === 'Clear' || type === 'Close' ? type : undefined;
}

/** The text of a `Speak`; of other frames none. */
export function textOf(frame: Frame): string {
  const { type, text } = messageOf(frame) ?? {};
  return type === 'Speak' && typeof text === 'string' ? text : '';
}
