import type { ServerResponse } from 'node:http';
import { eventBody } from '../faults/bodyFaults.ts';
import type { FinishReason } from '../faults/fault.ts';
import { variantOf, type Hits } from '../faults/faults.ts';
import { ChatError, type ChatRequest } from './chatRequest.ts';
import type { Completion } from './completion.ts';

/** Writes a completion: as a stream, or whole at its end. */
export interface ChatAnswer {
  readonly token: (text: string) => void;
  /** `reason`: the reason of a `finish` fault. */
  readonly end: (tokens: number, reason?: FinishReason) => void;
  readonly fail: (error: ChatError) => void;
  /** For faults: writes the data of an event that is not a token; ends the body early. */
  readonly interject: (data: string) => void;
  readonly cut: (error?: ChatError) => void;
}

/**
 * Writes server-sent events (docs/wire/openai.md B2): role, tokens, finish, usage if asked, `[DONE]`, and at once the end of the
 * body. The status is sent with the first token: an earlier failure is a status, a later one an event.
 */
export function streamed(
  response: ServerResponse,
  completion: Completion,
  { includeUsage }: ChatRequest,
  hits: Hits,
): ChatAnswer {
  const body = eventBody(response, hits);
  const { done } = variantOf(hits);
  const open = () => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    body.write(completion.first);
  };
  return {
    token: (text) => {
      open();
      body.write(completion.token(text));
    },
    end: (tokens, reason) => {
      open();
      body.write(completion.finish(reason));
      if (includeUsage) body.write(completion.usage(tokens));
      if (done === 'left open') body.write(lastEvent);
      else body.end(lastEvent);
    },
    fail: (error) => {
      if (response.headersSent) body.end(errorEvent(error));
      else sendJson(response, error.status, error.body);
    },
    interject: (data) => {
      open();
      body.write(`data: ${data}\n\n`);
    },
    cut: (error) => {
      open();
      body.end(error && errorEvent(error));
    },
  };
}

const lastEvent = 'data: [DONE]\n\n';

const errorEvent = ({ body }: ChatError): string => `data: ${JSON.stringify(body)}\n\n`;

/** Writes one JSON body (B6.3). */
export function whole(response: ServerResponse, completion: Completion): ChatAnswer {
  let content = '';
  return {
    token: (text) => void (content += text),
    end: (tokens, reason) => sendJson(response, 200, completion.whole(content, tokens, reason)),
    fail: (error) => sendJson(response, error.status, error.body),
    interject: (data) => void (content += data),
    cut: (error) => {
      if (error) sendJson(response, error.status, error.body);
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"chatcmpl-');
    },
  };
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
