import { asyncScheduler, defer, isObservable, map, Observable, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { AgentEvent, Speak } from '../../operators/events.ts';
import { withMore } from '../../operators/core/withMore.ts';
import type { Stages } from '../agent/options.ts';
import type { AudibleSpan } from './result.ts';

/** A reply at the loudspeaker. */
export interface Sound {
  /** When it began to be heard, and when it was over. */
  from?: number;
  to?: number;
  /** What the loudspeaker said was heard, when it was over. */
  heard: string;
}

/** Stands at the four stages of an agent and sees what goes through, whatever the agent tells of itself. */
export class StageProbe {
  readonly turns: AgentEvent[] = [];
  readonly sounds: Sound[] = [];
  /** How many subscriptions of stages are alive. */
  live = 0;
  /** How many events the agent had told when there was no more to listen to. */
  closedAfter: number | undefined;
  readonly #events: readonly unknown[];

  constructor(events: readonly unknown[]) {
    this.#events = events;
  }

  /** What could be heard and when, one reply after another. */
  get heard(): readonly AudibleSpan[] {
    return this.sounds.flatMap(({ from, to = Infinity, heard }, k) =>
      from === undefined ? [] : [{ reply: k + 1, from, to, text: heard }],
    );
  }

  /** The same stages, seen. Requests to the model have a log of their own. */
  watching({ listen, think, speak, play }: Stages): Stages {
    const spoken =
      (voice: Speak): Speak =>
      (on) =>
      (sentences) =>
        sentences.pipe(voice(on), this.#counted());
    return {
      listen: (input) =>
        input.pipe(
          tap({ complete: () => (this.closedAfter ??= this.#events.length) }),
          listen,
          tap((event) => this.turns.push(withMore(event, { id: this.turns.length + 1, at: asyncScheduler.now() }))),
          this.#counted(),
        ),
      think: (messages) => think(messages).pipe(this.#counted()),
      speak: isObservable(speak) ? speak.pipe(map(spoken), this.#counted()) : spoken(speak),
      play: (cues) => {
        const player = play(cues);
        return (speech) =>
          defer(() => {
            const sound: Sound = { heard: '' };
            this.sounds.push(sound);
            const over = () => (sound.to ??= asyncScheduler.now());
            return speech.pipe(
              player,
              tap({
                next: (event) => {
                  if (event.type === 'Started') sound.from = asyncScheduler.now();
                  if (event.type === 'Ended') sound.heard = event.heard;
                },
                error: over,
                complete: over,
                unsubscribe: over,
              }),
              this.#counted(),
            );
          });
      },
    };
  }

  #counted<T>(): MonoTypeOperatorFunction<T> {
    return (source) =>
      new Observable((subscriber) => {
        this.live++;
        subscriber.add(() => this.live--);
        source.subscribe(subscriber);
      });
  }
}
