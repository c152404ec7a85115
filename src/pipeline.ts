import {
  asyncScheduler,
  catchError,
  concat,
  connect,
  defaultIfEmpty,
  defer,
  filter,
  ignoreElements,
  isObservable,
  map,
  merge,
  of,
} from 'rxjs';
import { ReplaySubject, tap, using } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';
import { bargeIn, floorAfter, type Floor } from '../operators/bargeIn.ts';
import { causes } from '../operators/causes.ts';
import type { AgentEvent, AudioChunk, Happening, Message, Speak } from '../operators/events.ts';
import { remember } from '../operators/history.ts';
import { inTurn } from '../operators/inTurn.ts';
import { latency } from '../operators/latency.ts';
import { noting } from '../operators/noting.ts';
import { orderly } from '../operators/orderly.ts';
import { replyMap } from '../operators/replyMap.ts';
import { toFailure } from './errors.ts';
import { agentDefaults, type AgentOptions, type Stages } from './options.ts';
import { reply } from './reply.ts';

/** What the agent knows of its call: a fold of its own events, and nothing else. `taken`: the last turn in the conversation. */
interface World {
  readonly messages: readonly Message[];
  readonly floor: Floor;
  readonly taken: string | undefined;
}

const fold = (world: World, event: Happening): World => ({
  messages: remember(world.messages, event),
  floor: floorAfter(world.floor, event),
  taken: event.type === 'TurnTaken' ? event.turn : world.taken,
});

/** A voice that says nothing: the call goes on in text when there is none. */
const mute: Speak = () => ignoreElements();

/**
 * A voice agent: the caller's audio in, everything that happens in the call out.
 *
 * It completes with `Closed` once the audio has ended and the last reply was heard; unsubscribing stops everything at once.
 * What breaks and can be borne is a `Failure` with `recovered: true`; an error of `listen` is one with `false`, and errors the
 * result. It is a page of public operators: whoever wants another policy copies the page.
 */
export function agent(stages: Stages, options: AgentOptions = {}): OperatorFunction<AudioChunk, AgentEvent> {
  const settings = { ...agentDefaults, ...options };
  const { eager, system, messages, context } = settings;
  const prompt: readonly Message[] = system ? [{ role: 'system', content: system }] : [];

  const call = (audio: Observable<AudioChunk>, world: () => World, note: (event: Happening) => void): Observable<Happening> => {
    const voices = new ReplaySubject<Speak>(1);
    const replyStages = {
      ...stages,
      voices,
      messages: (then: readonly Message[]) => context([...prompt, ...world().messages, ...then]),
    };
    let replies = 0;

    const conversation = audio.pipe(
      stages.listen,
      catchError((error: unknown) => {
        note(toFailure('listen', error, false));
        throw error;
      }),
      orderly(),
      tap((event) => note(event)),
      filter(({ type }) => eager !== 'off' || type !== 'EagerEndOfTurn'),
      bargeIn(() => world().floor),
      tap((event) => {
        if (event.type === 'EndOfTurn' && event.turn !== world().taken)
          note({ type: 'TurnTaken', turn: event.turn, text: event.transcript });
      }),
      replyMap((turn, on) => reply(turn, on, ++replies, replyStages, settings)),
    );
    const voice = (isObservable(stages.speak) ? stages.speak : of(stages.speak)).pipe(
      catchError((error: unknown) => {
        note(toFailure('speak', error, true));
        return of(mute);
      }),
      defaultIfEmpty(mute),
    );
    return using(
      () => voice.subscribe((speak) => voices.next(speak)),
      () => concat(conversation, of<Happening>({ type: 'Closed' })),
    );
  };

  return (audio) =>
    defer(() => {
      const began = asyncScheduler.now();
      let world: World = { messages, floor: 'nobody', taken: undefined };

      return noting<Happening>((note) => call(audio, () => world, note)).pipe(
        map((event) => ({ ...event, at: asyncScheduler.now() - began })),
        tap((event) => (world = fold(world, event))), // first what is known,
        inTurn(), // then the listeners, one event at a time
        connect((events) => merge(events.pipe(latency()), events)),
        causes(),
      );
    });
}
