import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';
import { connectionsOf, quiet } from '../file/connections.ts';
import type { Line } from '../file/lines.ts';
import { messageOf } from '../messageOf.ts';
import { ActionQueue, type Action } from './actionQueue.ts';
import type { ReplayScheduler } from './replayScheduler.ts';
import { commandOf, endBy, textOf, voiceCommands, type VoiceAnswer, type VoiceCommand } from './voiceCommands.ts';
import { voiceTimings } from './voiceTimings.ts';

/**
 * The voice of a recording, as a wire: the nth subscription is the nth connection. A `Flush` is answered like the recorded one of the
 * same text, each `Clear` like the next recorded one, after the same time. Audio that the recording does not have, because it was cut
 * or because the text is another, comes at the usual pace of that voice; `onGuess` is called when it begins.
 */
export function replayedAura(
  lines: readonly Line[],
  sampleRateHz: number,
  scheduler: ReplayScheduler,
  onGuess: (what: string) => void,
): Wire {
  const connections = connectionsOf(lines, 'speak').map((connection) => ({ connection, commands: voiceCommands(connection) }));
  const timings = voiceTimings(
    connections.flatMap(({ commands }) => commands),
    sampleRateHz,
  );

  /** The answers to a `Flush`: the recorded ones, and where those were cut off, the rest. */
  const spoken = (command: VoiceCommand | undefined, text: string): readonly VoiceAnswer[] => {
    const { answers = [], untilMs = 0 } = command ?? {};
    if (answers.some(({ frame }) => frame === undefined || endsFlush(frame))) return answers;
    const bytes = answers.reduce((sum, { frame }) => sum + (frame instanceof Uint8Array ? frame.length : 0), 0);
    const rest = timings.rest(text.length, bytes, { afterMs: answers.at(-1)?.afterMs ?? 0, untilMs });
    const made = rest.map(({ afterMs, bytes }, at) => ({
      afterMs,
      place: Infinity,
      run: (out: Subscriber<Frame>) => {
        if (at === 0) onGuess(command ? 'the rest of a text that was cut off' : 'the audio of another text');
        out.next(bytes > 0 ? quiet(bytes) : '{"type":"Flushed"}');
      },
    }));
    return [...answers, ...made];
  };

  const answer = (unused: VoiceCommand[], frames: Observable<Frame>, queue: ActionQueue<Frame>, out: Subscriber<Frame>) => {
    const audio = new Set<Action<Frame>>();
    let text = '';
    const take = (type: VoiceCommand['type']): VoiceCommand | undefined => {
      const same = unused.findIndex((command) => command.type === type && command.text === text);
      return same < 0 ? undefined : unused.splice(same, 1)[0];
    };
    const send = (type: VoiceCommand['type'], answers: readonly VoiceAnswer[], at?: number) => {
      const from = scheduler.answersFrom(at);
      const actions = answers.map(({ afterMs, place, run }): Action<Frame> => ({ due: from + afterMs, place, run }));
      if (type === 'Flush') for (const action of actions) audio.add(action);
      queue.add(actions);
      queue.runDue();
    };
    const accept = (frame: Frame) => {
      const type = commandOf(frame);
      text += textOf(frame);
      if (type === undefined) return;
      if (type === 'Clear') queue.keep((action) => action.due <= asyncScheduler.now() || !audio.has(action));
      if (type !== 'Flush') text = '';
      const command = take(type);
      send(type, type === 'Flush' ? spoken(command, text) : (command?.answers ?? [unrecorded(type)]), command?.at);
      text = '';
    };
    send('open', take('open')?.answers ?? []);
    out.add(frames.subscribe({ next: accept, error: (error: unknown) => out.error(error) }));
  };

  let next = 0;
  return (frames) =>
    new Observable((out) => {
      const known = connections[next++];
      if (!known) return;
      const { open, end } = known.connection;
      const queue = new ActionQueue<Frame>(scheduler, out);
      const talk = () => answer([...known.commands], frames, queue, out);
      if (open) queue.add([{ due: open.at, place: open.place, run: talk }]);
      else if (end) queue.add([{ due: end.at, place: end.place, run: endBy(end) }]);
    });
}

/** The answer to a command that the recording does not have. */
const unrecorded = (type: 'Clear' | 'Close'): VoiceAnswer => ({
  afterMs: 0,
  place: Infinity,
  run: (out) => (type === 'Clear' ? out.next('{"type":"Cleared"}') : out.complete()),
});

/** Flushed, or refused. */
const endsFlush = (frame: Frame) => ['Flushed', 'Warning', 'Error'].includes(String(messageOf(frame)?.['type']));
