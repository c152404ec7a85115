import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';
import { connectionsOf, frameOf, quiet, typeOf, type Connection } from '../file/connections.ts';
import { fromRecordedError } from '../file/errorLine.ts';
import type { Line } from '../file/lines.ts';
import { Playing, type Conductor, type Deed } from './conductor.ts';
import { voiceTimings, type VoiceTimings } from './voiceTimings.ts';

/** What Aura was told, and what it said until it was told something else, each so long after it. */
export interface Command {
  readonly type: 'open' | 'Flush' | 'Clear' | 'Close';
  /** The text that was flushed. */
  readonly text: string;
  readonly answers: readonly Answer[];
  /** When that was. */
  readonly at: number;
  /** For how long it is known what came of it: until the next command, or the end. */
  readonly untilMs: number;
}

interface Answer extends Pick<Deed<Frame>, 'place' | 'give'> {
  readonly afterMs: number;
  readonly frame?: Frame;
}

/** How a voice is replayed. `guessed` hears what had to be made up. */
export interface AuraPlay {
  readonly conductor: Conductor;
  readonly guessed: (what: string) => void;
  readonly start: number;
}

/**
 * The voice of a recording, as a wire: a `Flush` is answered as that of the same text was, so long after it, and each `Clear` as
 * the next one was. What it never said, because it was cut then and is not now, or is another text, comes as that voice usually
 * speaks; `guessed` hears of it.
 */
export function replayedAura(lines: readonly Line[], sampleRateHz: number, { conductor, guessed, start }: AuraPlay): Wire {
  const connections = connectionsOf(lines, 'speak').map((connection) => ({ connection, commands: commandsOf(connection) }));
  const timings = voiceTimings(
    connections.flatMap(({ commands }) => commands),
    sampleRateHz,
  );
  let next = 0;
  return (frames) =>
    new Observable((out) => {
      const known = connections[next++];
      if (!known) return;
      const { connection, commands } = known;
      const { open, end } = connection;
      const playing = new Playing<Frame>(conductor, out);
      const complete: Complete = (command, text) => whole(command, text, timings, guessed);
      const talk = () => answer({ playing, conductor, complete }, commands, frames, out);
      if (open) playing.add([{ due: start + open.at, place: open.place, give: talk }]);
      else if (end) playing.add([{ due: start + end.at, place: end.place, give: giveEnd(end) }]);
    });
}

type Complete = (command: Command | undefined, text: string) => readonly Answer[];

interface Answering {
  readonly playing: Playing<Frame>;
  readonly conductor: Conductor;
  readonly complete: Complete;
}

function answer(
  { playing, conductor, complete }: Answering,
  commands: readonly Command[],
  frames: Observable<Frame>,
  out: Subscriber<Frame>,
): void {
  const unused = [...commands];
  const sounds = new Set<Deed<Frame>>();
  let text = '';

  const take = (type: Command['type']): Command | undefined => {
    const same = unused.findIndex((command) => command.type === type && command.text === text);
    return same < 0 ? undefined : unused.splice(same, 1)[0];
  };
  const come = (type: Command['type'], answers: readonly Answer[], at?: number) => {
    const from = conductor.answersFrom(at);
    const deeds = answers.map(({ afterMs, place, give }): Deed<Frame> => ({ due: from + afterMs, place, give }));
    if (type === 'Flush') for (const deed of deeds) sounds.add(deed);
    playing.add(deeds);
    playing.hurry();
  };
  const hear = (frame: Frame) => {
    const type = typeOf(frame);
    if (type === 'Speak') text += textOf(frame);
    if (type !== 'Flush' && type !== 'Clear' && type !== 'Close') return;
    if (type === 'Clear') playing.keep((deed) => deed.due <= asyncScheduler.now() || !sounds.has(deed));
    if (type !== 'Flush') text = '';
    const command = take(type);
    come(type, type === 'Flush' ? complete(command, text) : (command?.answers ?? [unrecorded(type)]), command?.at);
    text = '';
  };
  come('open', take('open')?.answers ?? []);
  out.add(frames.subscribe({ next: hear, error: (error: unknown) => out.error(error) }));
}

/** What is answered to a command that the recording does not have. */
const unrecorded = (type: 'Clear' | 'Close'): Answer =>
  type === 'Clear'
    ? { afterMs: 0, place: Infinity, give: (out) => out.next('{"type":"Cleared"}') }
    : { afterMs: 0, place: Infinity, give: (out) => out.complete() };

/** All that comes of a flush: what came, and where that was cut off, what would have come. */
function whole(
  command: Command | undefined,
  text: string,
  timings: VoiceTimings,
  guessed: (what: string) => void,
): readonly Answer[] {
  const { answers = [], untilMs = 0 } = command ?? {};
  if (answers.some(({ frame }) => frame === undefined || endsFlush(frame))) return answers;
  const bytes = answers.reduce((sum, { frame }) => sum + (frame instanceof Uint8Array ? frame.length : 0), 0);
  const rest = timings.rest(text.length, bytes, { afterMs: answers.at(-1)?.afterMs ?? 0, untilMs });
  const tell = () => guessed(command ? 'the rest of a text that was cut off' : 'the sound of another text');
  return [
    ...answers,
    ...rest.map(({ afterMs, bytes }, at) => ({
      afterMs,
      place: Infinity,
      give: (out: Subscriber<Frame>) => {
        if (at === 0) tell();
        out.next(bytes > 0 ? quiet(bytes) : '{"type":"Flushed"}');
      },
    })),
  ];
}

/** Flushed, or refused. */
const endsFlush = (frame: Frame) => ['Flushed', 'Warning', 'Error'].includes(typeOf(frame) ?? '');

function commandsOf({ open, rows, end, knownUntil }: Connection): readonly Command[] {
  const commands: { type: Command['type']; text: string; answers: Answer[]; at: number; untilMs: number }[] = [];
  const begin = (type: Command['type'], text: string, at: number) => {
    const before = commands.at(-1);
    if (before) before.untilMs = at - before.at;
    commands.push({ type, text, answers: [], untilMs: Math.max(0, knownUntil - at), at });
  };
  begin('open', '', open?.at ?? 0);
  let text = '';
  const answered = (at: number, answer: Omit<Answer, 'afterMs'>) => {
    const command = commands.at(-1);
    command?.answers.push({ afterMs: Math.max(0, at - command.at), ...answer });
  };
  for (const { at, way, place, frame: recorded } of rows) {
    const frame = frameOf(recorded);
    if (way === 'got') {
      answered(at, { place, frame, give: (out) => out.next(frame) });
      continue;
    }
    const type = typeOf(frame);
    if (type === 'Speak') text += textOf(frame);
    if (type !== 'Flush' && type !== 'Clear' && type !== 'Close') continue;
    begin(type, type === 'Flush' ? text : '', at);
    text = '';
  }
  if (end) answered(end.at, { place: end.place, give: giveEnd(end) });
  return commands;
}

const giveEnd =
  ({ error }: NonNullable<Connection['end']>): Deed<Frame>['give'] =>
  (out) => {
    if (error) out.error(fromRecordedError(error));
    else out.complete();
  };

function textOf(frame: Frame): string {
  if (typeof frame !== 'string') return '';
  const { text } = JSON.parse(frame) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}
