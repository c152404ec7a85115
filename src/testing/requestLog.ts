import { asyncScheduler, defer, tap } from 'rxjs';
import type { AgentEvent, Message } from '../../operators/events.ts';
import type { Stages } from '../agent/options.ts';
import type { ModelMoment } from '../emulator/scenario/index.ts';
import type { Request } from './result.ts';

type Open = { -readonly [K in keyof Request]: Request[K] };

/** Records the requests to the model. `events`: the events of the call so far. */
export class RequestLog {
  readonly requests: Open[] = [];
  readonly #events: readonly AgentEvent[];

  constructor(events: readonly AgentEvent[]) {
    this.#events = events;
  }

  /** How many requests have neither ended nor been aborted. */
  get live(): number {
    return this.requests.filter(({ abortedAt, endedAt }) => abortedAt === undefined && endedAt === undefined).length;
  }

  /** Whether a model is still writing after an abort. */
  get lags(): boolean {
    return this.requests.some(({ abortedAt, endedAt }) => abortedAt !== undefined && endedAt === undefined);
  }

  /** Records a moment of the scripted model. */
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

  /** Records the requests of a user's own `think`. */
  around(think: Stages['think']): Stages['think'] {
    return (messages) =>
      defer(() => {
        const request = this.requests.length;
        const now = () => asyncScheduler.now();
        const note = (type: 'abort' | 'end') => this.note({ type, request, at: now() });
        this.note({ type: 'request', request, at: now(), messages });
        return defer(() => think(messages)).pipe(
          tap({
            next: (thought) => {
              if (thought.type === 'Token') this.note({ type: 'token', request, at: now(), text: thought.text });
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

  /** The event that starts a reply comes before its request. */
  #isDraft(): boolean {
    const started = this.#events.findLast(({ type }) => type === 'DraftStarted' || type === 'ReplyStarted');
    return started?.type === 'DraftStarted' || (started?.type === 'ReplyStarted' && started.drafted);
  }
}
