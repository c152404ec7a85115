import { asyncScheduler, defer, isObservable, map, Observable, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { AgentEvent, Speak } from '../../operators/events.ts';
import type { Stages } from '../agent/options.ts';
import type { AudibleSpan } from './result.ts';

/** A reply as the loudspeaker played it. */
export interface PlayedReply {
  /** When it began to be heard, and when it was over. */
  from?: number;
  to?: number;
  /** The words that the loudspeaker reported as heard at the end. */
  heard: string;
}

/** Records what goes through the four stages of an agent, whatever events the agent emits. */
export class StageProbe {
  readonly turns: AgentEvent[] = [];
  readonly replies: PlayedReply[] = [];
  /** How many subscriptions to stages are alive. */
  live = 0;
  /** How many events the agent had emitted when its audio ended. */
  closedAfter: number | undefined;
  readonly #events: readonly unknown[];

  constructor(events: readonly unknown[]) {
    this.#events = events;
  }

  /** What was heard and when, one reply after another. */
  get heard(): readonly AudibleSpan[] {
    return this.replies.flatMap(({ from, to = Infinity, heard }, k) =>
      from === undefined ? [] : [{ reply: k + 1, from, to, text: heard }],
    );
  }

  /** The same stages with the probe in them. `RequestLog` records the requests to the model. */
  in({ listen, think, speak, play }: Stages): Stages {
    const probed =
      (voice: Speak): Speak =>
      (on) =>
      (sentences) =>
        sentences.pipe(voice(on), this.#counted());
    return {
      listen: (input) =>
        input.pipe(
          tap({ complete: () => (this.closedAfter ??= this.#events.length) }),
          listen,
          tap((event) => this.turns.push(Object.assign({}, event, { id: this.turns.length + 1, at: asyncScheduler.now() }))),
          this.#counted(),
        ),
      think: (messages) => think(messages).pipe(this.#counted()),
      speak: isObservable(speak) ? speak.pipe(map(probed), this.#counted()) : probed(speak),
      play: (cues) => {
        const player = play(cues);
        return (speech) =>
          defer(() => {
            const reply: PlayedReply = { heard: '' };
            this.replies.push(reply);
            const over = () => (reply.to ??= asyncScheduler.now());
            return speech.pipe(
              player,
              tap({
                next: (event) => {
                  if (event.type === 'Started') reply.from = asyncScheduler.now();
                  if (event.type === 'Ended') reply.heard = event.heard;
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
