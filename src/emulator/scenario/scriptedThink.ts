import { asyncScheduler, concat, delay, map, NEVER, Observable, Subject, takeUntil, tap, throwError, timer } from 'rxjs';
import { severally } from '../../../operators/core/severally.ts';
import { ModelError } from '../../errors.ts';
import { chosenReply, replyOnUse } from './chosenReply.ts';
import { Faults } from '../faults/faults.ts';
import { refusedBy } from '../faults/refusedBy.ts';
import { tokensWithFaults, type AnswerPart } from '../faults/tokenFaults.ts';
import { lazily } from './lazily.ts';
import type { ChatMessage, Backend } from '../backend.ts';
import type { ModelScript, Reply, Scenario } from './scenario.ts';

const codes: Readonly<Record<number, string>> = { 400: 'invalid', 401: 'unauthorized', 404: 'not-found', 429: 'busy' };

/** The model refused a request with an HTTP status. */
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
 * An event of a request, with its time on the RxJS clock. Requests are counted from 0. After `abort`, tokens continue for
 * `abortLagMs`. `end` occurs once, when the model stops for any reason.
 */
export type ModelMoment =
  | { readonly type: 'request'; readonly request: number; readonly at: number; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'token'; readonly request: number; readonly at: number; readonly text: string }
  | { readonly type: 'abort' | 'end'; readonly request: number; readonly at: number };

/**
 * Plays a scenario's model: emits the tokens of a reply, the first after `firstTokenMs`, the others `tokenMs` apart. Cold;
 * unsubscribing aborts.
 *
 *     think(messages)    ----a-b-c-(d|)
 *
 * The scenario decides the reply and its faults. The returned function counts requests and the faults' `times`. Errors with
 * `RefusedRequest` for a `status`, and with a `ModelError` (`failed`) after `failAfterTokens`. Calls `onMoment` for each event.
 * Faults of `chat` apply, except those that only change the bytes of an answer.
 */
export function scriptedThink(
  { model = {}, faults, seed }: Pick<Scenario, 'model' | 'faults' | 'seed'>,
  onMoment: (moment: ModelMoment) => void = () => undefined,
): Backend['think'] {
  const uses = new Map<unknown, number>();
  const requestFaults = new Faults(faults, seed);
  let requests = 0;
  return (messages) =>
    new Observable((subscriber) => {
      const request = requests++;
      const note = (type: 'abort' | 'end') => onMoment({ type, request, at: asyncScheduler.now() });
      onMoment({ type: 'request', request, at: asyncScheduler.now(), messages });

      const entry = chosenReply(model.replies, messages);
      const count = (uses.get(entry) ?? 0) + 1;
      uses.set(entry, count);
      const hits = requestFaults.next('chat');
      const { status } = refusedBy(hits) ?? {};
      const reply = { ...replyOnUse(entry, count), ...(status !== undefined && { status }) };

      const aborted = new Subject<void>();
      let ended = false;
      const end = () => {
        ended = true;
        note('end');
      };
      const tokens = tokensOf(reply, model);
      const received = hits.length === 0 ? tokens : tokensWithFaults(tokens, hits).pipe(severally(textOf));
      received
        .pipe(
          tap({
            next: (text) => onMoment({ type: 'token', request, at: asyncScheduler.now(), text }),
            error: end,
            complete: end,
            unsubscribe: end,
          }),
          takeUntil(reply.abortLagMs ? aborted.pipe(delay(reply.abortLagMs)) : aborted),
        )
        // Not `.subscribe(subscriber)`: that would end with the subscriber, but a model may continue after an abort.
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

/** The tokens of a reply, up to its end or its failure. */
function tokensOf(reply: Reply, { firstTokenMs = 200, tokenMs = 20 }: ModelScript): Observable<string> {
  const firstToken = timer(firstTokenMs).pipe(severally(() => []));
  const { status } = reply;
  if (status !== undefined) return concat(firstToken, failing(new RefusedRequest(status)));
  const texts = splitIntoTokens(reply.say).slice(0, reply.failAfterTokens ?? reply.stallAfterTokens);
  const rows = texts.map((text, index) => ({ at: firstTokenMs + index * tokenMs, text }));
  const tokens = rows.length > 0 ? lazily(rows).pipe(map(({ text }) => text)) : firstToken;
  if (reply.failAfterTokens !== undefined)
    return concat(
      tokens,
      failing(new ModelError('failed', 'The model failed in the middle of its answer.', { retryable: true })),
    );
  return reply.stallAfterTokens === undefined ? tokens : concat(tokens, NEVER);
}

const failing = (error: Error): Observable<never> => throwError(() => error);

/** The text that a client receives. Throws the errors that it would meet over a socket. */
function textOf(part: AnswerPart): readonly string[] {
  if (typeof part === 'string') return [part];
  const retryable = true;
  switch (part.how) {
    case 'interject':
      if (part.isJson) return [];
      throw new ModelError('failed', 'The model sent something that is not JSON.', { retryable });
    case 'end':
      throw new ModelError('truncated', 'The answer ended before the model had finished.', { retryable });
    case 'drop':
      throw new ModelError('failed', 'The connection to the model was lost: ECONNRESET.', { retryable });
    case 'error':
      throw new ModelError('failed', `The model failed in the middle of the answer: ${part.message}`, { retryable });
    case 'finish': {
      if (part.reason === 'length') return [];
      const [code, message] = finishErrors[part.reason];
      throw new ModelError(code, message);
    }
  }
}

const finishErrors = {
  content_filter: ['filtered', 'The answer was stopped by a content filter.'],
  refusal: ['filtered', 'The model refused to answer.'],
  tool_calls: ['tool_calls', 'The model called a tool, but the request offered none.'],
} as const;

/** A token is a word with the space before it. Joined, the tokens are the text. */
function splitIntoTokens(text: string): string[] {
  return text.match(/\s*\S+(?:\s+$)?|\s+$/g) ?? [];
}
