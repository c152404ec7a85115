import {
  asyncScheduler,
  concat,
  concatMap,
  connect,
  defer,
  endWith,
  filter,
  ignoreElements,
  map,
  merge,
  NEVER,
  of,
  switchMap,
  takeUntil,
  tap,
  timer,
  type OperatorFunction,
} from 'rxjs';
import type { ListenEvent, ListenInput, Sentence, Speak, Spent, Speech } from '../../operators/events.ts';
import { lazily, type Scenario, type SpeechScript } from '../emulator/scenario/index.ts';
import { FluxScript, type RowPlayer } from '../emulator/scenario/fluxScript.ts';
import { WireError } from '../errors.ts';
import { decodeFields, type Place } from '../flux/fluxCodec.ts';
import { reconnecting } from '../flux/reconnecting.ts';
import type { Stages } from '../agent/options.ts';

/**
 * A scenario's Flux and voice as plain stages, without wires and codecs: the turns of its rows at their times, and each sentence as
 * two chunks of sound. Faster than the real ones, for thousands of calls.
 *
 *     simulate(call, { stages: inProcess(call) })
 *
 * It leaves out the details of the wire: `Configure` is not answered, `lateMs` has no effect, a turn that is open when the audio ends
 * ends at once, and the space between sentences counts no character.
 */
export function inProcess(scenario: Scenario): Pick<Stages, 'listen' | 'speak'> {
  const session = sessions(scenario);
  return {
    listen: (input) => input.pipe(connect((inputs) => reconnecting((connection) => inputs.pipe(session(connection))))),
    speak: speak(scenario.speech),
  };
}

/** Opens one connection after another, as `fluxWire` does. */
function sessions({
  flux = [],
  reconnectMs = 300,
}: Scenario): (connection: number) => OperatorFunction<ListenInput, ListenEvent> {
  const script = new FluxScript(flux);
  let began = 0;
  return (connection) => (input) =>
    defer(() => {
      const now = () => asyncScheduler.now() - began;
      const { droppedAt } = script;
      if (droppedAt === undefined) began = asyncScheduler.now();
      const opensAt = droppedAt === undefined ? 0 : droppedAt + reconnectMs;

      return input.pipe(
        connect((inputs) => {
          const over = inputs.pipe(ignoreElements(), endWith(undefined));
          const { rows, player } = script.connect();
          const place: Place = { connection, offsetMs: player.from };
          let open: string | undefined;
          const force = () => (open === undefined ? [] : toEvents(player.forceEnd(now()), place));
          const forced = inputs.pipe(
            filter((one) => 'type' in one && one.type === 'ForceEndTurn'),
            concatMap(force),
          );
          const scripted = timer(Math.max(0, opensAt - now())).pipe(
            switchMap(() =>
              concat(
                of<ListenEvent>({ type: 'Connected', requestId: `in-process-${connection}` }),
                merge(lazily(rows, began), NEVER).pipe(concatMap((row) => toEvents(player.play(row), place))),
              ),
            ),
          );
          const events = merge(scripted, forced).pipe(
            tap((event) => {
              if (event.type === 'EndOfTurn') open = undefined;
              else if ('transcript' in event && event.transcript !== '') open = event.turn;
            }),
            takeUntil(over),
          );
          return concat(events, defer(force));
        }),
      );
    });
}

function toEvents(message: ReturnType<RowPlayer['play']>, place: Place): readonly ListenEvent[] {
  if ('drop' in message) throw new WireError('closed', 'The connection was lost (1006).', { closeCode: 1006, retryable: true });
  const event = decodeFields({ ...message }, place)?.event;
  if (event instanceof Error) throw event;
  return event ? [event] : [];
}

const sampleRateHz = 1000;
const quiet = new Uint8Array(1 << 16);

function speak({ firstAudioMs = 120, msPerChar = 60, silent = false, stall = false }: SpeechScript = {}): Speak {
  const chunk = ({ text, spoken }: Sentence, after: number, ms: number, last: boolean) => {
    const data = quiet.subarray(0, silent ? 0 : 2 * Math.round((ms * sampleRateHz) / 1000));
    const speech: Speech = { type: 'Speech', audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 }, text, last };
    return timer(after).pipe(map((): Speech => (last ? { ...speech, sentences: [{ text, spoken }] } : speech)));
  };
  return () =>
    concatMap((sentence) => {
      const half = (sentence.spoken.length * msPerChar) / 2;
      const spent: Spent = { type: 'Spent', characters: sentence.spoken.length };
      if (stall) return concat(of(spent), NEVER);
      return concat(of(spent), chunk(sentence, firstAudioMs, half, false), chunk(sentence, half / 10, half, true));
    });
}
