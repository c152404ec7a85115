import { asyncScheduler, defer, tap } from 'rxjs';
import type { AgentEvent, Message } from '../../operators/events.ts';
import type { ModelMoment } from '../emulator/scenario/scenario.ts';
import type { Stages } from '../agent/options.ts';
import type { Request } from './result.ts';

type Open = { -readonly [K in keyof Request]: Request[K] };

/** The requests to the model, as they happen. `events`: what the call has told so far. */
export class RequestLog {
  readonly requests: Open[] = [];
  readonly #events: readonly AgentEvent[];

  constructor(events: readonly AgentEvent[]) {
    this.#events = events;
  }

  /** Requests that nobody ended and nobody aborted. */
  get live(): number {
    return this.requests.filter(({ abortedAt, endedAt }) => abortedAt === undefined && endedAt === undefined).length;
  }

  /** Whether a model that was told to stop still writes. */
  get lags(): boolean {
    return this.requests.some(({ abortedAt, endedAt }) => abortedAt !== undefined && endedAt === undefined);
  }

  /** Takes a moment of the scenario's model. */
  readonly note = (moment: ModelMoment): void => {
    const { at } = moment;
    if (moment.type === 'request') {
      this.requests.push({ at, messages: moment.messages as readonly Message[], draft: this.#isDraft(), tokens: 0 });
      return;
    }
    const request = this.requests[moment.request];
    if (!request) return;
    if (moment.type === 'token') request.tokens++;
    else request[moment.type === 'abort' ? 'abortedAt' : 'endedAt'] = at;
  };

  /** A model of the user's own, as seen from here. */
  watching(think: Stages['think']): Stages['think'] {
    return (messages) =>
      defer(() => {
        const request = this.requests.length;
        const note = (type: 'abort' | 'end') => this.note({ type, request, at: asyncScheduler.now() });
        this.note({ type: 'request', request, at: asyncScheduler.now(), messages });
        return defer(() => think(messages)).pipe(
          tap({
            next: (thought) => {
              if (thought.type !== 'Token') return;
              this.note({ type: 'token', request, at: asyncScheduler.now(), text: thought.text });
            },
            error: () => note('end'),
            complete: () => note('end'),
            unsubscribe: () => {
              note('abort');
              note('end');
            },
          }),
        );
      });
  }

  /** A reply tells how it began before it asks. */
  #isDraft(): boolean {
    const begun = this.#events.findLast(({ type }) => type === 'DraftStarted' || type === 'ReplyStarted');
    return begun?.type === 'DraftStarted' || (begun?.type === 'ReplyStarted' && begun.drafted);
  }
}
