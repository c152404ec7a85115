import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asyncScheduler, defer } from 'rxjs';
import { hasBearer } from './auth.ts';
import { sendJson, streamed, whole } from './chatAnswer.ts';
import { ChatError, chatRequest, type ChatRequest } from './chatRequest.ts';
import { Completion } from './completion.ts';
import type { Desk } from './events.ts';
import type { Mind } from './mind.ts';
import { modelList } from './models.ts';

/** The largest body taken. */
const maxBody = 4 << 20;

/** `GET /v1/models`. */
export function models(request: IncomingMessage, response: ServerResponse, { key }: Desk): void {
  identify(response);
  if (hasBearer(request, key)) sendJson(response, 200, modelList());
  else sendJson(response, wrongKey.status, wrongKey.body);
}

/** `POST /v1/chat/completions` (aura-and-openai.md B6). */
export async function chat(request: IncomingMessage, response: ServerResponse, mind: Mind, desk: Desk): Promise<void> {
  identify(response);
  const asked = await readRequest(request, desk.key).catch(asChatError);
  const status = asked instanceof ChatError ? asked.status : 200;
  desk.tell({ kind: 'request', service: 'chat', status, ...userAgentOf(request) });
  if (asked instanceof ChatError) sendJson(response, status, asked.body);
  else answer(asked, response, mind, desk);
}

const wrongKey = new ChatError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });

function identify(response: ServerResponse): void {
  response.setHeader('x-request-id', `req_${randomBytes(16).toString('hex')}`);
  response.on('error', () => undefined);
}

async function readRequest(request: IncomingMessage, key: string | undefined): Promise<ChatRequest> {
  if (!hasBearer(request, key)) throw wrongKey;
  if (request.method !== 'POST') throw new ChatError(405, `Not allowed to ${request.method ?? ''} here.`);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody) throw new ChatError(413, 'The request is too large.');
    chunks.push(chunk);
  }
  return chatRequest(Buffer.concat(chunks).toString());
}

/** Lets the mind think for as long as the client listens. */
function answer(asked: ChatRequest, response: ServerResponse, mind: Mind, desk: Desk): void {
  const completion = new Completion(asked, asyncScheduler.now());
  const written = asked.stream ? streamed(response, completion, asked) : whole(response, completion);
  let tokensSent = 0;
  const thinking = defer(() => mind.think(asked.messages)).subscribe({
    next: (token) => {
      tokensSent++;
      written.token(token);
    },
    error: (error: unknown) => written.fail(asChatError(error)),
    complete: () => written.end(tokensSent),
  });
  response.on('close', () => {
    thinking.unsubscribe();
    const ended = response.writableFinished
      ? { kind: 'close' as const, status: response.statusCode }
      : { kind: 'abort' as const };
    desk.tell({ ...ended, service: 'chat', tokensSent });
  });
}

/** A mind's error says its status, or the server failed. */
function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const { status, message } = error as { readonly status?: unknown; readonly message?: unknown };
  return new ChatError(
    typeof status === 'number' ? status : 500,
    typeof message === 'string' ? message : 'The server had an error.',
  );
}

function userAgentOf(request: IncomingMessage): { readonly userAgent?: string } {
  const userAgent = request.headers['user-agent'];
  return userAgent === undefined ? {} : { userAgent };
}
