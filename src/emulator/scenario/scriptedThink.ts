import {
  asyncScheduler,
  concat,
  delay,
  ignoreElements,
  map,
  NEVER,
  Observable,
  Subject,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { severally } from '../../../operators/core/severally.ts';
import { ModelError } from '../../errors.ts';
import { chosenReply, withFaults } from './chosenReply.ts';
import type { Fault } from '../faults/fault.ts';
import { Faults } from '../faults/faults.ts';
import { refusedBy } from '../faults/refusing.ts';
import { Finish, Interjection, tokensWithFaults, type Said } from '../faults/tokenFaults.ts';
import { lazily } from './lazily.ts';
import type { ChatMessage, Backend } from '../backend.ts';
import type { ModelScript, Reply } from './scenario.ts';

const codes: Readonly<Record<number, string>> = { 400: 'invalid', 401: 'unauthorized', 404: 'not-found', 429: 'busy' };

/** The model refused a request, with this HTTP status. */
export class RefusedRequest extends ModelError {
  readonly status: number;

  constructor(status: number) {
    super(codes[status] ?? 'failed', `The model refused the request (${status}).`, {
      retryable: status === 429 || status >= 500,
    });
    this.status = status;
  }
}

/**
 * What happens to a request, and when on the RxJS clock; requests are counted from 0. Tokens go on after `abort` for
 * `abortLagMs`; `end` comes once, when the model stops for whatever reason.
 */
export type ModelMoment =
  | { readonly type: 'request'; readonly request: number; readonly at: number; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'token'; readonly request: number; readonly at: number; readonly text: string }
  | { readonly type: 'abort' | 'end'; readonly request: number; readonly at: number };

/** What a scenario says of its model. */
export interface ModelStory {
  readonly model?: ModelScript;
  readonly faults?: readonly Fault[];
  readonly seed?: number;
}

/**
 * A scenario's model: the tokens of a reply, the first after `firstTokenMs`, the others `tokenMs` apart. Cold; unsubscribing
 * aborts.
 *
 *     think(messages)    ----a-b-c-(d|)
 *
 * Which reply, and with which faults, is the scenario's; requests and the faults' `times` are counted by the function returned.
 * Errors with `RefusedRequest` for a `status`, with a `ModelError` (`failed`) after `failAfterTokens`. `tell` hears each moment.
 * Faults of `chat` act as far as they change more than the bytes of an answer.
 */
export function scriptedThink(
  { model = {}, faults, seed }: ModelStory,
  tell: (moment: ModelMoment) => void = () => undefined,
): Backend['think'] {
  const answers = new Map<unknown, number>();
  const trouble = new Faults(faults, seed);
  let requests = 0;
  return (messages) =>
    new Observable((subscriber) => {
      const request = requests++;
      const note = (type: 'abort' | 'end') => tell({ type, request, at: asyncScheduler.now() });
      tell({ type: 'request', request, at: asyncScheduler.now(), messages });

      const entry = chosenReply(model.replies, messages);
      const count = (answers.get(entry) ?? 0) + 1;
      answers.set(entry, count);
      const hits = trouble.next('chat');
      const { status } = refusedBy(hits) ?? {};
      const reply = { ...withFaults(entry, count), ...(status !== undefined && { status }) };

      const aborted = new Subject<void>();
      let ended = false;
      const end = () => {
        ended = true;
        note('end');
      };
      const tokens = written(reply, model);
      const said = hits.length === 0 ? tokens : tokensWithFaults(tokens, hits).pipe(severally(heard));
      said
        .pipe(
          tap({
            next: (text) => tell({ type: 'token', request, at: asyncScheduler.now(), text }),
            error: end,
            complete: end,
            unsubscribe: end,
          }),
          takeUntil(reply.abortLagMs ? aborted.pipe(delay(reply.abortLagMs)) : aborted),
        )
        // Not `.subscribe(subscriber)`: that would end with it, and a model may go on after an abort.
        .subscribe({
          next: (text) => subscriber.next(text),
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        });

      return () => {
        if (ended) return;
        note('abort');
        aborted.next();
      };
    });
}

/** The tokens of a reply, up to where it ends or breaks. */
function written(reply: Reply, { firstTokenMs = 200, tokenMs = 20 }: ModelScript): Observable<string> {
  const firstToken = timer(firstTokenMs).pipe(ignoreElements());
  if (reply.status !== undefined) {
    const refused = new RefusedRequest(reply.status);
    return concat(
      firstToken,
      throwError(() => refused),
    );
  }
  const texts = tokens(reply.say).slice(0, reply.failAfterTokens ?? reply.stallAfterTokens);
  const rows = texts.map((text, index) => ({ at: firstTokenMs + index * tokenMs, text }));
  const said = rows.length > 0 ? lazily(rows).pipe(map(({ text }) => text)) : firstToken;
  if (reply.failAfterTokens !== undefined) return concat(said, throwError(failed));
  return reply.stallAfterTokens === undefined ? said : concat(said, NEVER);
}

const failed = () => new ModelError('failed', 'The model failed in the middle of its answer.', { retryable: true });

/** What a client makes of it: the tokens, and the errors that it meets with over a socket. */
function heard(said: Said): readonly string[] {
  if (typeof said === 'string') return [said];
  const retryable = true;
  if (said instanceof Interjection) {
    if (said.isJson) return [];
    throw new ModelError('failed', 'The model sent something that is not JSON.', { retryable });
  }
  if (said instanceof Finish) return finished(said);
  switch (said.how) {
    case 'end':
      throw new ModelError('truncated', 'The answer ended before the model had finished.', { retryable });
    case 'drop':
      throw new ModelError('failed', 'The connection to the model was lost: ECONNRESET.', { retryable });
    case 'error':
      throw new ModelError('failed', `The model failed in mid-answer: ${said.message}`, { retryable });
  }
}

function finished({ reason }: Finish): readonly string[] {
  switch (reason) {
    case 'length':
      return [];
    case 'content_filter':
      throw new ModelError('filtered', 'The answer was stopped by a content filter.');
    case 'refusal':
      throw new ModelError('filtered', 'The model refused to answer.');
    case 'tool_calls':
      throw new ModelError('tool_calls', 'The model wants to call a tool, and there is none.');
  }
}

/** A token is a word with the space before it; nothing of the text is lost. */
function tokens(text: string): string[] {
  return text.match(/\s*\S+(?:\s+$)?|\s+$/g) ?? [];
}
