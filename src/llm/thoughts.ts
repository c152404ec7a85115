import {
  catchError,
  concat,
  concatMap,
  connect,
  EMPTY,
  filter,
  takeWhile,
  throwError,
  timeout,
  type Observable,
  type OperatorFunction,
  type TimeoutInfo,
} from 'rxjs';
import { isCount, recordOf } from '../../operators/core/json.ts';
import type { Thought, Token, Usage } from '../../operators/events.ts';
import { ModelError } from '../errors.ts';
import type { ChatChunk } from './chunks.ts';

type Piece = Token | { readonly type: 'Finished' } | Usage;

/** The longest waits for the usage after the finish, and for the end of the body after the usage. */
const usageMs = 500;
const endMs = 200;

/**
 * Converts the chunks of one streamed answer to thoughts. The order on the wire is content, finish, usage, end of body
 * (docs/wire/openai.md B2); a chunk may carry none or several of them.
 *
 *     chunks      --a-b--f-u-|        f: finish_reason, u: usage
 *     result      --a-b----u-|
 *
 *     chunks      --a-b--f---------   the body stays open: it completes 500 ms after the finish, or 200 ms after the usage.
 *     result      --a-b-------|       It waits for the end so that the connection can serve the next request.
 *
 *     chunks      --a-b-|
 *     result      --a-b-#            truncated; an error after the finish is ignored
 */
export function thoughts(firstTokenMs: number, tokenGapMs: number): OperatorFunction<ChatChunk, Thought> {
  return (chunks) =>
    chunks.pipe(
      concatMap(toPieces),
      timeout({ first: firstTokenMs, each: tokenGapMs, with: (waited) => tooLate(waited, firstTokenMs, tokenGapMs) }),
      connect((pieces) => concat(answer(pieces), usage(pieces))),
    );
}

function answer(pieces: Observable<Piece>): Observable<Token> {
  return concat(pieces, throwError(truncated)).pipe(
    takeWhile((piece) => piece.type !== 'Finished'),
    filter((piece) => piece.type === 'Token'),
  );
}

function usage(pieces: Observable<Piece>): Observable<Usage> {
  return pieces.pipe(
    filter((piece) => piece.type === 'Usage'),
    timeout({ first: usageMs, each: endMs, with: () => EMPTY }),
    catchError(() => EMPTY),
  );
}

/**
 * Many services use this format, and some deviate from its types: content that is not text is no token, an invalid chunk carries
 * nothing, and usage counts only in whole numbers.
 */
function toPieces(chunk: unknown): Piece[] {
  const pieces: Piece[] = [];
  const { choices, usage } = recordOf(chunk);
  const { delta, finish_reason: reason } = recordOf(Array.isArray(choices) ? choices[0] : undefined);
  const { content, refusal } = recordOf(delta);
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = recordOf(usage);
  if (isText(refusal)) throw new ModelError('filtered', 'The model refused to answer.');
  if (isText(content)) pieces.push({ type: 'Token', text: content });
  if (isText(reason)) pieces.push(finished(reason));
  if (isCount(inputTokens) && isCount(outputTokens)) pieces.push({ type: 'Usage', inputTokens, outputTokens });
  return pieces;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function finished(reason: string): Piece {
  if (reason === 'content_filter') throw new ModelError('filtered', 'The answer was stopped by a content filter.');
  if (reason === 'tool_calls' || reason === 'function_call') {
    throw new ModelError('tool_calls', 'The model called a tool, but the request offered none.');
  }
  return { type: 'Finished' };
}

function tooLate({ seen }: TimeoutInfo<Piece>, firstTokenMs: number, tokenGapMs: number): Observable<never> {
  return throwError(() =>
    seen === 0
      ? new ModelError('first-token', `The model sent nothing within ${firstTokenMs} ms.`, { retryable: true })
      : new ModelError('token-gap', `The model sent nothing more for ${tokenGapMs} ms.`, { retryable: true }),
  );
}

const truncated = () => new ModelError('truncated', 'The answer ended before the model had finished.', { retryable: true });
