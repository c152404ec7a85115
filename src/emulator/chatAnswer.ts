import type { ServerResponse } from 'node:http';
import { ChatError, type ChatRequest } from './chatRequest.ts';
import type { Completion } from './completion.ts';

/** How a completion is written: as it comes, or whole at its end. */
export interface ChatAnswer {
  readonly token: (text: string) => void;
  readonly end: (tokens: number) => void;
  readonly fail: (error: ChatError) => void;
}

/**
 * Server-sent events (aura-and-openai.md B2): role, tokens, finish, usage if asked, `[DONE]`, and at once the end of the body.
 * The status is given with the first token, so that a model that fails before it is refused by status; after it, by an event.
 */
export function streamed(response: ServerResponse, completion: Completion, { includeUsage }: ChatRequest): ChatAnswer {
  const open = () => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    response.write(completion.first);
  };
  return {
    token: (text) => {
      open();
      response.write(completion.token(text));
    },
    end: (tokens) => {
      open();
      response.write(completion.finish);
      if (includeUsage) response.write(completion.usage(tokens));
      response.end('data: [DONE]\n\n');
    },
    fail: (error) => {
      if (response.headersSent) response.end(`data: ${JSON.stringify(error.body)}\n\n`);
      else sendJson(response, error.status, error.body);
    },
  };
}

/** One JSON body (B6.3). */
export function whole(response: ServerResponse, completion: Completion): ChatAnswer {
  let content = '';
  return {
    token: (text) => void (content += text),
    end: (tokens) => sendJson(response, 200, completion.whole(content, tokens)),
    fail: (error) => sendJson(response, error.status, error.body),
  };
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
