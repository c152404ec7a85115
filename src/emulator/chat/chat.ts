import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asyncScheduler, defer } from 'rxjs';
import { hasBearer } from '../server/auth.ts';
import { bodyOf } from '../server/body.ts';
import { sendJson, streamed, whole } from './chatAnswer.ts';
import { ChatError, chatRequest, type ChatRequest } from './chatRequest.ts';
import { Completion } from './completion.ts';
import type { ServerContext } from '../server/serverContext.ts';
import type { Hits } from '../faults/faults.ts';
import { refusedBy, type Refused } from '../faults/refusedBy.ts';
import { tokensWithFaults } from '../faults/tokenFaults.ts';
import type { Backend } from '../backend.ts';
import { modelList } from './models.ts';

/** `GET /v1/models`. */
export function models(request: IncomingMessage, response: ServerResponse, { key }: ServerContext): void {
  identify(response);
  if (hasBearer(request, key)) sendJson(response, 200, modelList());
  else sendJson(response, wrongKey.status, wrongKey.body);
}

/** `POST /v1/chat/completions` (docs/wire/openai.md B6). */
export async function chat(
  request: IncomingMessage,
  response: ServerResponse,
  backend: Backend,
  context: ServerContext,
): Promise<void> {
  identify(response);
  const hits = context.faults.next('chat');
  const asked = await readRequest(request, context.key).catch(asChatError);
  const refused = asked instanceof ChatError ? undefined : refusedBy(hits);
  const status = asked instanceof ChatError ? asked.status : (refused?.status ?? 200);
  context.report({ kind: 'request', service: 'chat', status, ...userAgentOf(request) });
  if (asked instanceof ChatError) sendJson(response, status, asked.body);
  else if (refused) refuse(response, refused);
  else answer(asked, response, backend, context, hits);
}

const wrongKey = new ChatError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });

function identify(response: ServerResponse): void {
  response.setHeader('x-request-id', `req_${randomBytes(16).toString('hex')}`);
  response.on('error', () => undefined);
}

async function readRequest(request: IncomingMessage, key: string | undefined): Promise<ChatRequest> {
  if (!hasBearer(request, key)) throw wrongKey;
  if (request.method !== 'POST') throw new ChatError(405, `Not allowed to ${request.method ?? ''} here.`);
  return chatRequest(await bodyOf(request));
}

/** Writes the backend's tokens until the client closes the connection. */
function answer(asked: ChatRequest, response: ServerResponse, backend: Backend, context: ServerContext, hits: Hits): void {
  const completion = new Completion(asked, asyncScheduler.now());
  const body = asked.stream ? streamed(response, completion, asked, hits) : whole(response, completion);
  let tokensSent = 0;
  let over = false;
  const tokens = defer(() => backend.think(asked.messages));
  const thinking = tokensWithFaults(tokens, hits).subscribe({
    next: (part) => {
      if (typeof part === 'string') {
        tokensSent++;
        body.token(part);
        return;
      }
      over = part.how !== 'interject';
      if (part.how === 'interject') body.interject(part.data);
      else if (part.how === 'finish') body.end(tokensSent, part.reason);
      else if (part.how === 'drop') response.socket?.resetAndDestroy();
      else body.cut(part.how === 'error' ? new ChatError(500, part.message, part) : undefined);
    },
    error: (error: unknown) => body.fail(asChatError(error)),
    complete: () => over || body.end(tokensSent),
  });
  response.on('close', () => {
    thinking.unsubscribe();
    if (response.writableFinished) context.report({ kind: 'close', service: 'chat', status: response.statusCode, tokensSent });
    else context.report({ kind: 'abort', service: 'chat', tokensSent });
  });
}

/** Refuses because of a fault. Sets both headers for the retry delay that clients read (docs/wire/openai.md B3). */
function refuse(response: ServerResponse, { status, message, retryAfterMs, faultCode }: Refused): void {
  if (retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
    response.setHeader('retry-after-ms', retryAfterMs);
  }
  const [type, code] = refusals[status] ?? [status >= 500 ? 'server_error' : 'invalid_request_error', null];
  sendJson(response, status, { error: { message, type, param: null, code: faultCode ?? code } });
}

const refusals: Readonly<Record<number, readonly [type: string, code: string]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  429: ['requests', 'rate_limit_exceeded'],
};

/** The error of a backend, with its `status` if that is an HTTP status, else with 500. */
function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const { status, message } = (error ?? {}) as { readonly status?: unknown; readonly message?: unknown };
  const isStatus = Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599;
  return new ChatError(isStatus ? (status as number) : 500, typeof message === 'string' ? message : 'The server had an error.');
}

function userAgentOf(request: IncomingMessage): { readonly userAgent?: string } {
  const userAgent = request.headers['user-agent'];
  return userAgent === undefined ? {} : { userAgent };
}
