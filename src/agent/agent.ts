import {
  asyncScheduler,
  catchError,
  concat,
  connect,
  defer,
  filter,
  finalize,
  map,
  merge,
  NEVER,
  of,
  ReplaySubject,
  Subject,
  takeUntil,
  tap,
  throwError,
  using,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { bargeIn } from '../../operators/turns/bargeIn.ts';
import { causes } from '../../operators/call/causes.ts';
import { drafts } from '../../operators/turns/drafts.ts';
import type {
  AgentEvent,
  AudioChunk,
  CallEvent,
  HangUp,
  ListenInput,
  Message,
  Say,
  Speak,
  TurnEvent,
  TurnsOver,
} from '../../operators/events.ts';
import { floorAfter, freeFloor, type Floor, type BargeInInput } from '../../operators/turns/floor.ts';
import { remember } from '../../operators/call/history.ts';
import { idle } from '../../operators/call/idle.ts';
import { inTurn } from '../../operators/core/inTurn.ts';
import { withLatency } from '../../operators/call/latency.ts';
import { noting } from '../../operators/core/noting.ts';
import { orderly } from '../../operators/turns/orderly.ts';
import { replyMap, type On } from '../../operators/turns/replyMap.ts';
import { withMore } from '../../operators/core/withMore.ts';
import { isListened, toBargeIn, toInput } from './controls.ts';
import { toFailure } from '../errors.ts';
import { changed, withDefaults, type AgentOptions, type Control, type Stages, type TurnOperators } from './options.ts';
import { reply } from './reply.ts';
import { voicesOf } from './voices.ts';

/** What the agent knows of its call: a fold of its own events, and nothing else. */
class World {
  readonly messages: Message[];
  floor: Floor = freeFloor;

  constructor(messages: readonly Message[]) {
    this.messages = [...messages];
  }

  /** Adds to the messages, for a long call has too many to copy at each turn. */
  fold(event: CallEvent): void {
    this.messages.push(...remember([], event));
    this.floor = floorAfter(this.floor, event);
  }
}

/**
 * A voice agent: the caller's audio in, everything that happens in the call out.
 *
 * It completes with `Closed` once the audio has ended and the last reply was heard; unsubscribing stops everything at once.
 * What breaks and can be borne is a `Failure` with `recovered: true`; an error of `listen` is one with `false`, and errors the
 * result. `controls` never keep the call open. It is a page of public operators: `own` ones take the place of ours, and whoever
 * wants them joined otherwise copies the page.
 */
export function agent(
  stages: Stages,
  options: AgentOptions = {},
  controls: Observable<Control> = NEVER,
  own: Partial<TurnOperators> = {},
): OperatorFunction<AudioChunk, AgentEvent> {
  const take: TurnOperators = { orderly, bargeIn, drafts, replyMap, ...own };
  return (audio) =>
    defer(() => {
      const began = asyncScheduler.now();
      const timed = <T extends object>() => map((event: T) => withMore(event, { at: asyncScheduler.now() - began }));
      let settings = withDefaults(options);
      const world = new World(settings.messages);
      let replies = 0;
      let closing = false;
      let cutByTurn = false;
      let lost: { readonly error: unknown } | undefined;

      const voices = new ReplaySubject<Speak>(1);
      const freed = new Subject<void>();
      const audioOver = new Subject<void>();

      const prompted = (then: readonly Message[]): readonly Message[] => {
        const prompt: readonly Message[] = settings.system ? [{ role: 'system', content: settings.system }] : [];
        return settings.context(prompt.concat(world.messages, then));
      };
      const { think, play } = stages;
      const staged = { think, play, voices, messages: prompted, cutByTurn: () => cutByTurn };
      const answer = (turn: TurnEvent | Say, on: On) =>
        reply(turn, on, ++replies, staged, settings).pipe(finalize(() => freed.next()));

      const call = (note: (event: CallEvent) => void, told: Observable<Control>): Observable<CallEvent> => {
        const turns = audio.pipe(
          // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- only the audio ends here, the call goes on
          takeUntil(told.pipe(filter((control) => 'close' in control))),
          tap({
            complete: () => {
              closing = true;
              audioOver.next();
            },
          }),
          (chunks) => merge<[ListenInput, AudioChunk]>(told.pipe(toInput(), takeUntil(audioOver)), chunks),
          (input) => defer(() => input.pipe(stages.listen)),
          take.orderly(),
          catchError((error: unknown) => {
            note(toFailure('listen', error, false));
            lost = { error };
            return of<HangUp>({ type: 'HangUp' });
          }),
        );
        const conversation = turns.pipe(
          connect((events) =>
            merge<[BargeInInput, BargeInInput]>(concat(events, of<TurnsOver>({ type: 'TurnsOver' })), told.pipe(toBargeIn(settings.greeting))),
          ),
          inTurn(), // what a listener says to an event comes after the event
          tap((event) => isListened(event) && event.type !== 'TurnIgnored' && note(event)),
          take.bargeIn({
            policy: () => settings.bargeIn,
            floor: () => world.floor,
            freed,
            echoGuard: () => settings.echoGuard,
            closing: () => closing,
          }),
          tap((event) => {
            if (event.type === 'TurnTaken' || event.type === 'TurnIgnored') note(event);
            if (event.type === 'Cue') cutByTurn = event.turn !== undefined;
          }),
          take.drafts(() => settings),
          take.replyMap(answer, { say: answer }),
        );
        return using(
          () => voicesOf(stages.speak, (error) => note(toFailure('speak', error, true))).subscribe((speak) => voices.next(speak)),
          () =>
            concat(
              conversation,
              defer(() => (lost ? throwError(() => lost?.error) : of<CallEvent>({ type: 'Closed' }))),
            ),
        );
      };

      return noting<CallEvent>((note) =>
        controls.pipe(
          tap((control) => 'set' in control && (settings = changed(settings, control.set))),
          catchError((error: unknown) => {
            note(toFailure('listen', error, true));
            return NEVER;
          }),
          connect((told) => call(note, told)), // whoever is told is there before the first control
        ),
      ).pipe(
        timed(),
        tap((event) => world.fold(event)), // first what is known,
        connect((events) => {
          const silence = events.pipe(
            idle(() => settings.idleMs),
            filter(() => !closing),
            timed(),
          );
          return merge(events, silence);
        }),
        inTurn(), // then the listeners, one event at a time
        withLatency(),
        causes(),
      );
    });
}
