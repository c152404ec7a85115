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
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { idle } from '../../operators/call/idle.ts';
import { remember } from '../../operators/call/history.ts';
import type { Timed } from '../../operators/call/latency.ts';
import { noting } from '../../operators/core/noting.ts';
import type {
  AudioChunk,
  CallEvent,
  HangUp,
  ListenEvent,
  ListenInput,
  Message,
  Say,
  Speak,
  TurnEvent,
  TurnsOver,
} from '../../operators/events.ts';
import type { BargeInConfig } from '../../operators/turns/bargeIn.ts';
import { floorAfter, freeFloor, type BargeInInput, type BargeInOutput, type Floor } from '../../operators/turns/floor.ts';
import type { On } from '../../operators/turns/replyMap.ts';
import { toFailure } from '../errors.ts';
import { isFromListen, toBargeIn, toInput } from './controls.ts';
import { changed, withDefaults, type AgentOptions, type Control, type Stages } from './options.ts';
import { reply } from './reply.ts';
import { voicesOf } from './voices.ts';

/**
 * The state of one call, and the side concerns of its pipeline as operators: controls, closing, failures, the account of what
 * happened. History and floor are folded from the call's own events; there is no second account.
 */
export class Call {
  settings: Required<AgentOptions>;
  readonly #stages: Stages;
  readonly #messages: Message[];
  readonly #startedAt = asyncScheduler.now();
  readonly #voices = new ReplaySubject<Speak>(1);
  readonly #replyEnded = new Subject<void>();
  #floor: Floor = freeFloor;
  #replies = 0;
  #isClosing = false;
  /** Whether the last cut came from a turn. */
  #cutByTurn = false;
  #listenError: { readonly error: unknown } | undefined;
  #note: (event: CallEvent) => void = () => undefined;

  constructor(stages: Stages, options: AgentOptions) {
    this.#stages = stages;
    this.settings = withDefaults(options);
    this.#messages = [...this.settings.messages];
  }

  /**
   * Runs the pipeline of the call. `pipeline` receives the shared controls. The voices are open until the result ends. It
   * completes with `Closed`, or errors with the error of `listen`.
   */
  run(controls: Observable<Control>, pipeline: (controls: Observable<Control>) => Observable<CallEvent>): Observable<CallEvent> {
    const closed = defer(() => {
      const failed = this.#listenError;
      return failed ? throwError(() => failed.error) : of<CallEvent>({ type: 'Closed' });
    });
    return noting((note) => {
      this.#note = note;
      return controls.pipe(
        tap((control) => 'set' in control && (this.settings = changed(this.settings, control.set))),
        catchError((error: unknown) => {
          note(toFailure('listen', error, true));
          return NEVER;
        }),
        connect((shared) => using(this.#openVoices, () => concat(pipeline(shared), closed))),
      );
    });
  }

  /**
   * Audio in, turn events out. `configure` and `forceEndTurn` are sent between the chunks; `close` ends the audio.
   */
  listen(controls: Observable<Control>): OperatorFunction<AudioChunk, ListenEvent> {
    const ended = new Subject<void>();
    const close = controls.pipe(filter((control) => 'close' in control));
    return (audio) =>
      audio.pipe(
        // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- only the audio ends here, the call goes on
        takeUntil(close),
        tap({
          complete: () => {
            this.#isClosing = true;
            ended.next();
          },
        }),
        (chunks) => merge<[ListenInput, AudioChunk]>(controls.pipe(toInput(), takeUntil(ended)), chunks),
        (input) => defer(() => input.pipe(this.#stages.listen)),
      );
  }

  /**
   * Adds typed turns, `say`, `interrupt` and `hangUp` to the turns, and `TurnsOver` after the last turn. An error of the turns is
   * emitted as a `Failure` and hangs up.
   */
  withControls(controls: Observable<Control>): OperatorFunction<BargeInInput, BargeInInput> {
    return (turns) =>
      turns.pipe(
        catchError((error: unknown) => {
          this.#note(toFailure('listen', error, false));
          this.#listenError = { error };
          return of<HangUp>({ type: 'HangUp' });
        }),
        connect((turns) =>
          merge<[BargeInInput, BargeInInput]>(
            concat(turns, of<TurnsOver>({ type: 'TurnsOver' })),
            controls.pipe(toBargeIn(this.settings.greeting)),
          ),
        ),
      );
  }

  /** Emits the events of `listen` as events of the call. */
  noteListening(): MonoTypeOperatorFunction<BargeInInput> {
    return tap((event) => isFromListen(event) && event.type !== 'TurnIgnored' && this.#note(event));
  }

  /** Emits the turns that `bargeIn` took or ignored as events of the call. */
  noteDecisions(): MonoTypeOperatorFunction<BargeInOutput> {
    return tap((event) => {
      if (event.type === 'TurnTaken' || event.type === 'TurnIgnored') this.#note(event);
      if (event.type === 'Cue') this.#cutByTurn = event.turn !== undefined;
    });
  }

  get bargeIn(): BargeInConfig {
    return {
      policy: () => this.settings.bargeIn,
      floor: () => this.#floor,
      freed: this.#replyEnded,
      echoGuard: () => this.settings.echoGuard,
      closing: () => this.#isClosing,
    };
  }

  /** The next reply, with its number. */
  readonly reply = (turn: TurnEvent | Say, on: On): Observable<CallEvent> => {
    const { think, play } = this.#stages;
    const stages = { think, play, voices: this.#voices, messages: this.#messagesWith, cutByTurn: () => this.#cutByTurn };
    return reply(turn, on, ++this.#replies, stages, this.settings).pipe(finalize(() => this.#replyEnded.next()));
  };

  /** Adds the time since the call started. `Object.assign` copies events of many shapes several times faster than spread. */
  timed<T extends object>(): OperatorFunction<T, T & { readonly at: number }> {
    return map((event) => Object.assign({}, event, { at: asyncScheduler.now() - this.#startedAt }));
  }

  /** Folds each event into history and floor before it is passed on. */
  fold(): MonoTypeOperatorFunction<Timed> {
    return tap((event) => {
      this.#messages.push(...remember([], event)); // A long call has too many messages to copy them at each turn.
      this.#floor = floorAfter(this.#floor, event);
    });
  }

  /** Adds `Idle` events until the call is closing. */
  withIdle(): MonoTypeOperatorFunction<Timed> {
    return connect((events) => {
      const idles = events.pipe(
        idle(() => this.settings.idleMs),
        filter(() => !this.#isClosing),
        this.timed(),
      );
      return merge(events, idles);
    });
  }

  /** The prompt, the conversation and `last`, as `context` shapes them for the model. */
  readonly #messagesWith = (last: readonly Message[]): readonly Message[] => {
    const { system, context } = this.settings;
    const prompt: readonly Message[] = system ? [{ role: 'system', content: system }] : [];
    return context(prompt.concat(this.#messages, last));
  };

  readonly #openVoices = () =>
    voicesOf(this.#stages.speak, (error) => this.#note(toFailure('speak', error, true))).subscribe((speak) =>
      this.#voices.next(speak),
    );
}
