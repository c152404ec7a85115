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
  timer,
  type OperatorFunction,
} from 'rxjs';
import type { ListenEvent, ListenInput, Sentence, Speak, Spent, Speech, TurnEvent } from '../../operators/events.ts';
import { lazily, type Scenario, type SpeechScript } from '../emulator/scenario/scenario.ts';
import { Story, type Teller } from '../emulator/scenario/fluxScript.ts';
import { WireError } from '../errors.ts';
import { decode, type Place } from '../flux/fluxCodec.ts';
import { turnEvents, type FluxWord, type TurnInfo } from '../flux/messages.ts';
import { reconnecting } from '../flux/reconnecting.ts';
import type { Stages } from '../agent/options.ts';

/**
 * A scenario's Flux and voice as plain stages, without wires and codecs between: the turns of its rows at their times, and sound
 * in two chunks a sentence. Faster than the real ones, for thousands of calls.
 *
 *     simulate(call, { stages: inProcess(call) })
 *
 * Matters of the wire are left out: `Configure` is not answered, `lateMs` means nothing, a turn that is open when the audio ends
 * is over at once and not when Flux has fallen silent, and no character is sent for the space between sentences.
 */
export function inProcess(scenario: Scenario): Pick<Stages, 'listen' | 'speak'> {
  const session = sessions(scenario);
  return {
    listen: (input) => input.pipe(connect((inputs) => reconnecting((connection) => inputs.pipe(session(connection))))),
    speak: speak(scenario.speech),
  };
}

/** One connection after another, as `fluxWire` makes them. */
function sessions({
  flux = [],
  reconnectMs = 300,
}: Scenario): (connection: number) => OperatorFunction<ListenInput, ListenEvent> {
  const story = new Story(flux);
  let began = 0;
  return (connection) => (input) =>
    defer(() => {
      const now = () => asyncScheduler.now() - began;
      const { droppedAt } = story;
      if (droppedAt === undefined) began = asyncScheduler.now();
      const stands = droppedAt === undefined ? 0 : droppedAt + reconnectMs;

      return input.pipe(
        connect((inputs) => {
          const over = inputs.pipe(ignoreElements(), endWith(undefined));
          const { rows, teller } = story.connect();
          const place: Place = { connection, offsetMs: teller.from };
          let open: string | undefined;
          const force = () => (open === undefined ? [] : toEvents(teller.forceEnd(now()), place));
          const forced = inputs.pipe(
            filter((one) => 'type' in one && one.type === 'ForceEndTurn'),
            concatMap(force),
          );
          const told = timer(Math.max(0, stands - now())).pipe(
            switchMap(() =>
              concat(
                of<ListenEvent>({ type: 'Connected', requestId: `in-process-${connection}` }),
                merge(lazily(rows, began), NEVER).pipe(concatMap((row) => toEvents(teller.tell(row), place))),
              ),
            ),
          );
          const said = merge(told, forced).pipe(
            map((event) => {
              if (event.type === 'EndOfTurn') open = undefined;
              else if ('transcript' in event && event.transcript !== '') open = event.turn;
              return event;
            }),
            takeUntil(over),
          );
          return concat(said, defer(force));
        }),
      );
    });
}

function toEvents(message: ReturnType<Teller['tell']>, place: Place): readonly ListenEvent[] {
  if ('drop' in message) throw new WireError('closed', 'The connection was lost (1006).', { closeCode: 1006, retryable: true });
  if (isTurn(message)) return [heard(message, place)];
  const event = decode(JSON.stringify(message), place)?.event;
  if (event instanceof Error) throw event;
  return event ? [event] : [];
}

/** A turn as a scenario may spell it: of a word only itself is needed. */
interface ToldTurn extends Omit<TurnInfo, 'words'> {
  readonly words: readonly (Pick<FluxWord, 'word'> & Partial<FluxWord>)[];
}

const isTurn = (message: object): message is ToldTurn =>
  'event' in message && 'words' in message && turnEvents.some((event) => event === message.event);

/** What the codec makes of such a message; many calls have many of them, and the way through JSON is long. */
function heard(
  { event, turn_index, transcript, words, end_of_turn_confidence, audio_window_end, trigger, languages }: ToldTurn,
  { connection, offsetMs }: Place,
): TurnEvent {
  const toMs = (seconds: number) => offsetMs + Math.round(seconds * 1000);
  return {
    type: event,
    turn: `${connection}:${turn_index}`,
    transcript,
    words: words.map(({ word, confidence = 0, start, end }) => ({
      word,
      confidence,
      ...(start !== undefined && { from: toMs(start) }),
      ...(end !== undefined && { to: toMs(end) }),
    })),
    confidence: end_of_turn_confidence,
    audioEndMs: toMs(audio_window_end),
    ...(trigger !== undefined && { trigger }),
    ...(languages !== undefined && { languages }),
  };
}

const sampleRateHz = 1000;
const quiet = new Uint8Array(1 << 16);

function speak({ firstAudioMs = 120, msPerChar = 60, silent = false, stall = false }: SpeechScript = {}): Speak {
  const said = ({ text, spoken }: Sentence, after: number, ms: number, last: boolean) => {
    const data = quiet.subarray(0, silent ? 0 : 2 * Math.round((ms * sampleRateHz) / 1000));
    const speech: Speech = { type: 'Speech', audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 }, text, last };
    return timer(after).pipe(map((): Speech => (last ? { ...speech, sentences: [{ text, spoken }] } : speech)));
  };
  return () =>
    concatMap((sentence) => {
      const half = (sentence.spoken.length * msPerChar) / 2;
      const spent: Spent = { type: 'Spent', characters: sentence.spoken.length };
      if (stall) return concat(of(spent), NEVER);
      return concat(of(spent), said(sentence, firstAudioMs, half, false), said(sentence, half / 10, half, true));
    });
}
