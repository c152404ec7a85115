import { setImmediate } from 'node:timers/promises';
import { firstValueFrom, lastValueFrom, materialize, take, tap, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Thought } from '../../operators/events.ts';
import { ModelError } from '../../src/errors.ts';
import { openai, type OpenAIOptions } from '../../src/llm/openai.ts';
import { begin, chunk, ChatServer, doneEvent, event, finish, opening, refuse, token, usageOf, type Asked } from './chatServer.ts';

const key = 'sk-test-0123456789abcdef';
const hello = [{ role: 'user', content: 'Hello' }] as const;

let server: ChatServer;
beforeEach(async () => {
  server = await ChatServer.start();
});
afterEach(() => server.stop());

const model = (options: OpenAIOptions = {}) => openai({ apiKey: key, baseUrl: server.url, ...options });
const ask = (options: OpenAIOptions = {}): Observable<Thought> => model(options)(hello);

/** Everything that came, in short: tokens as text, usage as numbers, the end, an error as code, request and retry. */
async function outcome(thoughts: Observable<Thought>): Promise<unknown[]> {
  const notifications = await lastValueFrom(thoughts.pipe(materialize(), toArray()));
  return notifications.map((notification) => {
    if (notification.kind === 'C') return '|';
    if (notification.kind === 'E') return failure(notification.error);
    const thought = notification.value;
    if (thought.type === 'Token') return thought.text;
    if (thought.type === 'Usage') return [thought.inputTokens, thought.outputTokens];
    return { recovered: thought.code, requestId: thought.requestId };
  });
}

/** The `Failure` before a retry. */
const again = (recovered: string, requestId?: string) => ({ recovered, requestId });

function failure(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error;
  const { code, retryable, requestId } = error;
  return { code, retryable, requestId };
}

async function errorOf(thoughts: Observable<Thought>): Promise<ModelError> {
  const error: unknown = await lastValueFrom(thoughts).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelError)) throw new Error('no ModelError came', { cause: error });
  return error;
}

describe('openai', () => {
  it('emits the tokens, then the usage, and completes', async () => {
    server.answers((asked) => {
      begin(asked).end([opening, token('Your'), token(' balance'), finish('stop'), usageOf(31, 9), doneEvent].join(''));
    });

    expect(await outcome(ask())).toEqual(['Your', ' balance', [31, 9], '|']);
  });

  it('sends the request of the guide, streamed, with only role and content of each message', async () => {
    server.answers((asked) => begin(asked).end(finish('stop') + doneEvent));

    await outcome(model()([{ role: 'assistant', content: 'I was', interrupted: true }, ...hello]));

    expect(server.requests.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: '/v1/chat/completions',
        body: {
          model: 'gpt-4o-mini',
          messages: [
            { role: 'assistant', content: 'I was' },
            { role: 'user', content: 'Hello' },
          ],
          temperature: 0.7,
          max_completion_tokens: 100,
          stream: true,
          stream_options: { include_usage: true, include_obfuscation: false },
        },
      },
    ]);
  });

  it('sends the model, temperature and length, and the key as a bearer', async () => {
    server.answers((asked) => begin(asked).end(finish('stop') + doneEvent));

    await outcome(ask({ model: 'm', temperature: 0, maxTokens: 7 }));

    expect(server.requests[0]!.body).toMatchObject({ model: 'm', temperature: 0, max_completion_tokens: 7 });
    expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('takes key and address from its options only, never from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_ORG_ID: 'org', OPENAI_PROJECT_ID: 'project' });
    server.answers((asked) => begin(asked).end(finish('stop') + doneEvent));

    const seen = await outcome(ask()).finally(() => (process.env = before));

    expect(seen).toEqual(['|']);
    expect(server.requests[0]!.headers).not.toHaveProperty('openai-organization');
    expect(server.requests[0]!.headers).not.toHaveProperty('openai-project');
  });

  it('is cold: each subscription sends one request', async () => {
    server.answers((asked) => begin(asked).end(token('Hi') + finish('stop') + doneEvent));
    const answer = ask();
    expect(server.requests).toHaveLength(0);

    await outcome(answer);
    await outcome(answer);

    expect(server.requests).toHaveLength(2);
  });

  it('reuses one connection for several answers', async () => {
    server.answers((asked) => {
      const answer = begin(asked);
      answer.write(token('Hi') + finish('stop') + usageOf(1, 1));
      void setImmediate().then(() => answer.end(doneEvent));
    });
    const think = model();

    await outcome(think(hello));
    await setImmediate();
    await outcome(think(hello));

    expect(server.requests).toHaveLength(2);
    expect(server.connections).toBe(1);
  });

  it('completes after the finish and the usage although the body stays open', async () => {
    server.answers((asked) => begin(asked).write(token('Hi') + finish('stop') + usageOf(3, 1) + doneEvent));
    const asked = server.asked();

    expect(await outcome(ask())).toEqual(['Hi', [3, 1], '|']);
    await (
      await asked
    ).hungUp;
  });

  it('completes after the finish when no usage follows', async () => {
    server.answers((asked) => begin(asked).write(token('Hi') + finish('stop')));

    expect(await outcome(ask())).toEqual(['Hi', '|']);
  });

  it('completes when the connection is lost after the finish', async () => {
    server.answers(({ answer, ...asked }) => {
      begin({ answer, ...asked }).write(token('Hi') + finish('stop'), () => answer.socket!.resetAndDestroy());
    });

    expect(await outcome(ask())).toEqual(['Hi', '|']);
  });

  it('completes when the answer reached its token limit', async () => {
    server.answers((asked) => begin(asked).end(token('It is a lo') + finish('length') + usageOf(3, 4) + doneEvent));

    expect(await outcome(ask())).toEqual(['It is a lo', [3, 4], '|']);
  });

  it('ignores chunks without choices or delta, and unknown fields', async () => {
    const odd = [event({ choices: [] }), event({ id: 'x' }), event({ choices: [{ index: 0 }] }), chunk({ audio: 1 })];
    server.answers((asked) => begin(asked).end([...odd, token('Hi'), finish('stop'), doneEvent].join('')));

    expect(await outcome(ask())).toEqual(['Hi', '|']);
  });

  it('reads usage in the same chunk as the finish', async () => {
    const both = event({
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 1 },
    });
    server.answers((asked) => begin(asked).end(token('Hi') + both + doneEvent));

    expect(await outcome(ask())).toEqual(['Hi', [2, 1], '|']);
  });
});

describe('openai, with any split of the bytes', () => {
  const text = [opening, token('Grüße'), token(' aus'), token(' 東京 🎉'), finish('stop'), usageOf(5, 4), doneEvent].join('');
  const said = ['Grüße', ' aus', ' 東京 🎉', [5, 4], '|'];

  it('reads events cut anywhere, also inside a character', async () => {
    server.answers((asked) => {
      const answer = begin(asked);
      const bytes = Buffer.from(text);
      const write = (at: number): void => {
        if (at >= bytes.length) return void answer.end();
        answer.write(bytes.subarray(at, at + 7), () => void setImmediate().then(() => write(at + 7)));
      };
      write(0);
    });

    expect(await outcome(ask())).toEqual(said);
  });

  it('reads CRLF line ends', async () => {
    server.answers((asked) => begin(asked).end(text.replaceAll('\n', '\r\n')));

    expect(await outcome(ask())).toEqual(said);
  });

  it('ignores comments', async () => {
    server.answers((asked) => begin(asked).end(`: one moment\n\n${text.replaceAll('data:', ': keep-alive\ndata:')}`));

    expect(await outcome(ask())).toEqual(said);
  });
});

describe('openai, unsubscribed', () => {
  it('aborts a running answer, and emits nothing more', async () => {
    server.answers((asked) => begin(asked).write(token('One') + token(' two')));
    const asked = server.asked();

    const first = await firstValueFrom(ask());

    await (
      await asked
    ).hungUp;
    expect(first).toEqual({ type: 'Token', text: 'One' });
  });

  it('emits no further token although several arrived in one write', async () => {
    server.answers((asked) => begin(asked).end(token('One') + token(' two') + token(' three') + finish('stop') + doneEvent));

    expect(await outcome(ask().pipe(take(2)))).toEqual(['One', ' two', '|']);
  });

  it('aborts before the answer starts', async () => {
    const asked = server.asked();
    const seen: unknown[] = [];
    const subscription = ask().subscribe({ next: (thought) => seen.push(thought), error: (error: unknown) => seen.push(error) });

    const request = await asked;
    subscription.unsubscribe();

    await request.hungUp;
    expect(seen).toEqual([]);
  });

  it('sends nothing when unsubscribed in the tick of its subscription', async () => {
    server.answers((asked) => begin(asked).end(finish('stop') + doneEvent));
    const think = model();

    think(hello).subscribe().unsubscribe();
    await outcome(think([{ role: 'user', content: 'the second' }]));

    expect(server.requests.map(({ body }) => body.messages)).toEqual([[{ role: 'user', content: 'the second' }]]);
  });

  it('does not affect other answers of the same model', async () => {
    const think = model();
    const first = server.asked();
    const dropped = think(hello).subscribe();
    const one = await first;
    const second = server.asked();
    const kept = outcome(think(hello));
    const two = await second;

    dropped.unsubscribe();
    await one.hungUp;
    begin(two).end(token('Here') + finish('stop') + doneEvent);

    expect(await kept).toEqual(['Here', '|']);
  });
});

describe('openai, when the service refuses', () => {
  const refusal = (status: number, error: object) => {
    server.answers((asked) => refuse(asked, status, error));
    return outcome(ask());
  };

  it('calls a refused key unauthorized', async () => {
    const seen = await refusal(401, {
      message: 'Incorrect API key provided.',
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    });
    expect(seen).toEqual([{ code: 'unauthorized', retryable: false, requestId: 'req-2' }]);
  });

  it('calls a country or project that is not allowed unauthorized', async () => {
    expect(await refusal(403, { message: 'Country not supported.' })).toEqual([
      { code: 'unauthorized', retryable: false, requestId: 'req-2' },
    ]);
  });

  it('calls an unknown model not found', async () => {
    const seen = await refusal(404, { message: 'No such model.', code: 'model_not_found' });
    expect(seen).toEqual([{ code: 'not-found', retryable: false, requestId: 'req-2' }]);
  });

  it('calls a bad request invalid', async () => {
    const seen = await refusal(400, { message: 'Too long.', code: 'context_length_exceeded' });
    expect(seen).toEqual([{ code: 'invalid', retryable: false, requestId: 'req-2' }]);
  });

  it('calls too many requests busy, and retryable', async () => {
    const seen = await refusal(429, { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' });
    expect(seen).toEqual([again('busy', 'req-2'), { code: 'busy', retryable: true, requestId: 'req-2' }]);
  });

  it('calls a used-up quota busy, and not retryable', async () => {
    const seen = await refusal(429, { message: 'No quota.', code: 'insufficient_quota' });
    expect(seen).toEqual([{ code: 'busy', retryable: false, requestId: 'req-2' }]);
  });

  it('calls a broken service failed, and retryable', async () => {
    expect(await refusal(503, { message: 'Overloaded.' })).toEqual([
      again('failed', 'req-2'),
      { code: 'failed', retryable: true, requestId: 'req-2' },
    ]);
  });

  it('names the option of the key, and quotes no part of the key', async () => {
    server.answers((asked) => refuse(asked, 401, { message: `Incorrect API key provided: sk-test-01*****cdef. ${key}` }));

    const error = await errorOf(ask());

    expect(error.message).toContain('OPENAI_API_KEY (the option apiKey)');
    expect(error.message + JSON.stringify(error) + String(error.cause)).not.toMatch(/sk-test|cdef/);
  });

  it('removes keys from any other text of the service', async () => {
    server.answers((asked) => refuse(asked, 400, { message: `Odd request by sk-proj-ab*****yz with ${key}` }));

    expect((await errorOf(ask())).message).toBe('The model refused the request (400): Odd request by [key] with [key]');
  });

  it('reports a missing key', async () => {
    const error = await errorOf(openai({ baseUrl: server.url })(hello));

    expect(failure(error)).toEqual({ code: 'unauthorized', retryable: false, requestId: undefined });
    expect(error.message).toContain('apiKey');
    expect(server.requests).toEqual([]);
  });

  it('calls a missing service unreachable, with the reason', async () => {
    const gone = await ChatServer.start();
    const { url } = gone;
    await gone.stop();

    const error = await errorOf(openai({ apiKey: key, baseUrl: url })(hello));

    expect(failure(error)).toEqual({ code: 'unreachable', retryable: true, requestId: undefined });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('calls an address with a password invalid at once, with the reason', async () => {
    const withPassword = server.url.replace('://', '://user:s3cret@');

    const notifications = await outcome(openai({ apiKey: key, baseUrl: withPassword })(hello));
    const error = await errorOf(openai({ apiKey: key, baseUrl: withPassword })(hello));

    expect(notifications).toEqual([{ code: 'invalid', retryable: false, requestId: undefined }]);
    expect(error.message).toBe('The option baseUrl must not contain a user name or a password.');
    expect(server.requests).toEqual([]);
  });
});

describe('openai, when the answer breaks off', () => {
  it('calls a body without a finish truncated', async () => {
    server.answers((asked) => begin(asked).end(token('It is')));

    expect(await outcome(ask())).toEqual(['It is', { code: 'truncated', retryable: true, requestId: 'req-1' }]);
  });

  it('calls a body with [DONE] but no finish truncated', async () => {
    server.answers((asked) => begin(asked).end(token('It is') + doneEvent));

    expect(await outcome(ask())).toEqual(['It is', { code: 'truncated', retryable: true, requestId: 'req-1' }]);
  });

  it('calls a lost connection failed', async () => {
    server.answers((asked) => begin(asked).write(token('It is')));
    const tear = () => server.requests[0]!.answer.socket!.resetAndDestroy();

    expect(await outcome(ask().pipe(tap({ next: tear })))).toEqual([
      'It is',
      { code: 'failed', retryable: true, requestId: 'req-1' },
    ]);
  });

  it('calls an error event failed, with the text of the service', async () => {
    const overloaded = event({ error: { message: 'The server had an error.', type: 'server_error', code: null } });
    server.answers((asked) => begin(asked).end(token('It is') + overloaded + doneEvent));

    expect(await outcome(ask())).toEqual(['It is', { code: 'failed', retryable: true, requestId: 'req-1' }]);
    expect((await errorOf(ask())).message).toContain('The server had an error.');
  });

  it('calls invalid JSON failed', async () => {
    server.answers((asked) => begin(asked).end(`${token('It is')}data: {oops\n\n`));

    expect(await outcome(ask())).toEqual(['It is', { code: 'failed', retryable: true, requestId: 'req-1' }]);
  });

  it('calls an answer stopped by the filter filtered', async () => {
    server.answers((asked) => begin(asked).end(token('It is') + finish('content_filter') + doneEvent));

    expect(await outcome(ask())).toEqual(['It is', { code: 'filtered', retryable: false, requestId: 'req-1' }]);
  });

  it('calls a refusal filtered', async () => {
    server.answers((asked) => begin(asked).end(opening + chunk({ refusal: 'I cannot help.' }) + finish('stop') + doneEvent));

    expect(await outcome(ask())).toEqual([{ code: 'filtered', retryable: false, requestId: 'req-1' }]);
  });

  it('calls a tool call tool_calls', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'book', arguments: '{}' } };
    server.answers((asked) => begin(asked).end(opening + chunk({ tool_calls: [call] }) + finish('tool_calls') + doneEvent));

    expect(await outcome(ask())).toEqual([{ code: 'tool_calls', retryable: false, requestId: 'req-1' }]);
  });

  it('aborts the request when it errors', async () => {
    server.answers((asked) => begin(asked).write(chunk({ refusal: 'I cannot help.' })));
    const asked = server.asked();

    expect((await errorOf(ask())).code).toBe('filtered');
    await (
      await asked
    ).hungUp;
  });
});

describe('openai, when it fails before the first token', () => {
  const answer = [opening, token('Here'), finish('stop'), doneEvent].join('');
  /** The first request is answered so, each later one well. */
  const firstAnswered = (first: (asked: Asked) => void) => {
    server.answers((asked) => (server.requests.length === 1 ? first(asked) : begin(asked).end(answer)));
    return outcome(ask());
  };

  it.each([408, 409, 429, 500, 502, 503, 504])('retries once after a %i', async (status) => {
    const seen = await firstAnswered((asked) => refuse(asked, status, { message: 'Later.' }));

    expect(seen).toEqual([again(status === 429 ? 'busy' : 'failed', 'req-2'), 'Here', '|']);
    expect(server.requests).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 422])('does not retry after a %i', async (status) => {
    const seen = await firstAnswered((asked) => refuse(asked, status, { message: 'No.' }));

    expect(seen).toEqual([expect.objectContaining({ retryable: false })]);
    expect(server.requests).toHaveLength(1);
  });

  it('retries when the connection is lost before the answer', async () => {
    const seen = await firstAnswered(({ answer: torn }) => torn.socket!.resetAndDestroy());

    expect(seen).toEqual([again('unreachable'), 'Here', '|']);
  });

  it('retries when the answer is lost before its first token', async () => {
    const seen = await firstAnswered((asked) => {
      begin(asked).write(opening, () => asked.answer.socket!.resetAndDestroy());
    });

    expect(seen).toEqual([again('failed', 'req-1'), 'Here', '|']);
  });

  it('retries when the answer ends before its first token', async () => {
    const seen = await firstAnswered((asked) => begin(asked).end(opening + doneEvent));

    expect(seen).toEqual([again('truncated', 'req-1'), 'Here', '|']);
  });

  it('retries when an error event arrives before the first token', async () => {
    const seen = await firstAnswered((asked) => begin(asked).end(event({ error: { message: 'Overloaded.' } })));

    expect(seen).toEqual([again('failed', 'req-1'), 'Here', '|']);
  });

  it('does not retry when the service declares it useless', async () => {
    const seen = await firstAnswered(({ answer: refused }) => {
      refused.writeHead(503, { 'x-should-retry': 'false' }).end('{}');
    });

    expect(seen).toEqual([{ code: 'failed', retryable: false, requestId: undefined }]);
    expect(server.requests).toHaveLength(1);
  });

  it('waits as long as the service asks', async () => {
    const at: number[] = [];
    const seen = await firstAnswered(({ answer: refused }) => {
      at.push(performance.now());
      refused.writeHead(429, { 'retry-after-ms': '80' }).end('{}');
    });

    expect(seen).toEqual([again('busy'), 'Here', '|']);
    expect(performance.now() - at[0]!).toBeGreaterThanOrEqual(79);
  });

  it('does not wait longer than the timeout of the first token', async () => {
    server.answers(({ answer: refused }) => refused.writeHead(429, { 'retry-after': '5' }).end('{}'));

    expect(await outcome(ask())).toEqual([{ code: 'busy', retryable: true, requestId: undefined }]);
    expect(server.requests).toHaveLength(1);
  });

  it('can be unsubscribed while it waits, and does not delay the next request', async () => {
    server.answers((asked) => {
      if (server.requests.length === 1) asked.answer.writeHead(429, { 'retry-after': '4' }).end('{}');
      else begin(asked).end(answer);
    });
    const think = model();
    const waiting = new Promise<void>((resolve) => {
      const dropped = think(hello).subscribe(() => {
        dropped.unsubscribe();
        resolve();
      });
    });

    await waiting;
    const next = await outcome(think([{ role: 'user', content: 'the next' }]));

    expect(next).toEqual(['Here', '|']);
    expect(server.requests.map(({ body }) => body.messages)).toEqual([hello, [{ role: 'user', content: 'the next' }]]);
  });

  it('gives both attempts together the time of one', async () => {
    server.answers((asked) => {
      if (server.requests.length === 1) asked.answer.writeHead(503, { 'retry-after-ms': '500' }).end('{}');
    });
    const began = performance.now();

    expect(await outcome(ask({ firstTokenMs: 600 }))).toEqual([
      again('failed'),
      { code: 'first-token', retryable: true, requestId: undefined },
    ]);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('openai, when it takes too long', () => {
  it('errors and aborts when there is no answer', async () => {
    const asked = server.asked();

    expect(await outcome(ask({ firstTokenMs: 150 }))).toEqual([{ code: 'first-token', retryable: true, requestId: undefined }]);
    await (
      await asked
    ).hungUp;
  });

  it('errors when the answer begins without a token', async () => {
    server.answers((asked) => begin(asked).write(opening));

    expect(await outcome(ask({ firstTokenMs: 150 }))).toEqual([{ code: 'first-token', retryable: true, requestId: 'req-1' }]);
  });

  it('errors and aborts when no further token arrives', async () => {
    server.answers((asked) => begin(asked).write(token('It is')));
    const asked = server.asked();

    expect(await outcome(ask({ tokenGapMs: 60 }))).toEqual(['It is', { code: 'token-gap', retryable: true, requestId: 'req-1' }]);
    await (
      await asked
    ).hungUp;
  });
});
