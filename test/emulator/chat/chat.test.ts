import { request } from 'node:http';
import { concat, finalize, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { scripted, type Emulator, type EmulatorEvent, type Backend, type Scenario } from '../../../src/emulator/index.ts';
import { serve, type Json } from '../server/client.ts';

const fast: Scenario = { model: { firstTokenMs: 0, tokenMs: 0, replies: ['One two three.'] } };
const hello = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

function post(server: Emulator, body: unknown, more: RequestInit = {}): Promise<Response> {
  return fetch(`${server.openaiUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });
}

/** The events of a stream: each is a `data:` line and an empty line. */
async function eventsOf(response: Response): Promise<(Json | string)[]> {
  const text = await response.text();
  expect(text).toMatch(/^(data: .+\n\n)+$/);
  return text
    .trimEnd()
    .split('\n\n')
    .map((event) => event.slice('data: '.length))
    .map((data) => (data === '[DONE]' ? data : (JSON.parse(data) as Json)));
}

const choice = (chunk: Json | string | undefined) => (chunk as { choices: Json[] }).choices[0];

describe('B6.1', () => {
  it.each([
    ['no key', {}, undefined],
    ['an empty key', { authorization: 'Bearer ' }, undefined],
    ['another scheme', { authorization: 'Token secret' }, undefined],
    ['another key than the one asked for', { authorization: 'Bearer other' }, 'secret'],
  ])('B6.1 %s is refused with 401 invalid_api_key', async (_, headers, key) => {
    const server = await serve(fast, key);
    const response = await post(server, hello, { headers: headers as Record<string, string> });
    expect(response.status).toBe(401);
    expect(await response.json()).toStrictEqual({
      error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    });
    expect(server.reported).toMatchObject([{ kind: 'request', service: 'chat', status: 401 }]);
  });

  it.each([
    ['what is no JSON', '{"model":', null, 'We could not parse the JSON body of your request.'],
    ['no model', { messages: hello.messages }, 'model', 'You must provide a model parameter.'],
    ['no messages', { model: 'gpt-4o-mini' }, 'messages', "'messages' must be an array with at least one message."],
    [
      'an empty list of messages',
      { ...hello, messages: [] },
      'messages',
      "'messages' must be an array with at least one message.",
    ],
    [
      'an unknown role',
      { ...hello, messages: [{ role: 'agent', content: '' }] },
      'messages[0].role',
      "'messages[0].role' must be one of system, developer, user, assistant, tool, function.",
    ],
    [
      'a message without content',
      { ...hello, messages: [{ role: 'user' }] },
      'messages[0].content',
      "'messages[0].content' must be a string or an array of text parts.",
    ],
    [
      'an unknown field of a message',
      { ...hello, messages: [{ role: 'user', content: '', interrupted: true }] },
      'messages[0]',
      "Additional properties are not allowed ('interrupted' was unexpected) in 'messages[0]'.",
    ],
    [
      'stream_options without stream',
      { ...hello, stream_options: {} },
      'stream_options',
      "'stream_options' is only allowed when 'stream' is true.",
    ],
  ])('B6.1 %s is refused with 400 invalid_request_error', async (_, body, param, message) => {
    const response = await post(await serve(fast), body);
    expect(response.status).toBe(400);
    expect(await response.json()).toStrictEqual({ error: { message, type: 'invalid_request_error', param, code: null } });
  });

  it('B6.1 an unknown model gets 404 model_not_found', async () => {
    const response = await post(await serve(fast), { ...hello, model: 'gpt-0' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'model_not_found' } });
  });

  it('B6.1 every answer has another x-request-id', async () => {
    const server = await serve(fast);
    const ids = await Promise.all(
      [post(server, hello), post(server, '{'), post(server, hello, { headers: {} })].map(async (response) =>
        (await response).headers.get('x-request-id'),
      ),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^req_[0-9a-f]{32}$/.test(id ?? ''))).toBe(true);
  });

  it('B6.1 only POST is accepted', async () => {
    const server = await serve(fast);
    expect((await post(server, hello, { method: 'PUT' })).status).toBe(405);
  });

  it('B6.1 a body of more than 4 MiB is refused with 413', async () => {
    const server = await serve(fast);
    const response = await post(server, { ...hello, padding: 'x'.repeat(5 << 20) });
    expect(response.status).toBe(413);
  });

  it('B6.1 GET /v1/models lists the models, with a key only', async () => {
    const server = await serve(fast);
    const listed = await fetch(`${server.openaiUrl}/models`, { headers: { authorization: 'Bearer secret' } });
    const { data } = (await listed.json()) as { data: Json[] };
    expect(data.map(({ id }) => id)).toStrictEqual([
      'gpt-4o-mini',
      'gpt-4o',
      'gpt-4.1',
      'gpt-4.1-mini',
      'gpt-4.1-nano',
      'sluice-rules',
      'sluice-scripted',
    ]);
    const answers = await Promise.all(data.map(({ id }) => post(server, { ...hello, model: id })));
    expect(answers.map(({ status }) => status)).toStrictEqual(data.map(() => 200));
    expect((await fetch(`${server.openaiUrl}/models`)).status).toBe(401);
  });
});

describe('B6.2', () => {
  it('B6.2 a stream is role, tokens, finish, [DONE], all with the same id, created and model', async () => {
    const response = await post(await serve(fast), { ...hello, stream: true });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const events = await eventsOf(response);
    expect(events.slice(0, -1).map(choice)).toStrictEqual([
      { index: 0, delta: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'One' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: ' two' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: ' three.' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
    expect(events.at(-1)).toBe('[DONE]');
    const common = events.slice(0, -1).map((chunk) => {
      const { id, object, created, model, service_tier, system_fingerprint } = chunk as Json;
      return { id, object, created, model, service_tier, system_fingerprint };
    });
    expect(common[0]).toStrictEqual({
      id: expect.stringMatching(/^chatcmpl-\w+$/) as string,
      object: 'chat.completion.chunk',
      created: expect.any(Number) as number,
      model: 'gpt-4o-mini-2024-07-18',
      service_tier: 'default',
      system_fingerprint: 'fp_sluice',
    });
    expect(new Set(common.map((fields) => JSON.stringify(fields))).size).toBe(1);
  });

  it('B6.2 with include_usage it is null in every chunk, then sent between finish and [DONE]', async () => {
    const events = await eventsOf(
      await post(await serve(fast), { ...hello, stream: true, stream_options: { include_usage: true } }),
    );
    expect(events).toHaveLength(7);
    expect(events.slice(0, 5).map((chunk) => (chunk as Json)['usage'])).toStrictEqual([null, null, null, null, null]);
    expect(choice(events[4])).toMatchObject({ finish_reason: 'stop' });
    expect(events[5]).toMatchObject({
      choices: [],
      // 5 characters and 4 tokens around a message.
      usage: {
        prompt_tokens: 6,
        completion_tokens: 3,
        total_tokens: 9,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
  });

  it('B6.2 there is no usage without include_usage', async () => {
    const events = await eventsOf(await post(await serve(fast), { ...hello, stream: true, stream_options: {} }));
    expect(events.some((chunk) => typeof chunk === 'object' && 'usage' in chunk)).toBe(false);
  });

  it('B6.2 obfuscation is on unless it is disabled', async () => {
    const server = await serve(fast);
    const on = await eventsOf(await post(server, { ...hello, stream: true }));
    const off = await eventsOf(await post(server, { ...hello, stream: true, stream_options: { include_obfuscation: false } }));
    expect(on.slice(0, -1).every((chunk) => /^[\w-]+$/.test(String((chunk as Json)['obfuscation'])))).toBe(true);
    expect(off.some((chunk) => typeof chunk === 'object' && 'obfuscation' in chunk)).toBe(false);
  });

  it('B6.2 each token is sent at once, before the next one exists', async () => {
    const backend: Backend = { ...scripted({}), think: () => concat(of('One'), NEVER) };
    const response = await post(await serve(backend), { ...hello, stream: true });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('"One"')) text += (await reader.read()).value ?? '';
    expect(text).not.toContain('[DONE]');
    await reader.cancel();
  });

  it('B6.2 the first token comes after 200 ms by default', async () => {
    const server = await serve({});
    const began = performance.now();
    const response = await post(server, { ...hello, stream: true });
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
    expect(choice((await eventsOf(response))[1])).toMatchObject({ delta: { content: 'Sure.' } });
  });

  it('B6.2 a model that fails in the middle ends the stream with an error event and no [DONE]', async () => {
    const server = await serve({ model: { ...fast.model, replies: [{ say: 'One two', failAfterTokens: 1 }] } });
    const events = await eventsOf(await post(server, { ...hello, stream: true }));
    expect(events).toHaveLength(3);
    expect(events[2]).toStrictEqual({
      error: { message: 'The model failed in the middle of its answer.', type: 'server_error', param: null, code: null },
    });
  });

  it('B6.2 a scenario refuses with a status as often as it sets', async () => {
    const server = await serve({ model: { ...fast.model, replies: [{ say: 'Yes.', status: 503, times: 1 }] } });
    expect((await post(server, { ...hello, stream: true })).status).toBe(503);
    expect((await post(server, { ...hello, stream: true })).status).toBe(200);
  });

  it.each([
    ['fails', () => throwError(() => new Error('no thoughts'))],
    [
      'throws',
      () => {
        throw new Error('no thoughts');
      },
    ],
  ])('B6.2 a backend that %s causes a 500, and the server keeps running', async (_, think) => {
    const server = await serve({ ...scripted({}), think });
    const response = await post(server, { ...hello, stream: true });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { type: 'server_error', message: 'no thoughts' } });
    expect((await fetch(`${server.openaiUrl}/models`)).status).toBe(401);
  });
});

describe('B6.3', () => {
  it('B6.3 without stream the answer is one body', async () => {
    const response = await post(await serve(fast), hello);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toStrictEqual({
      id: expect.stringMatching(/^chatcmpl-\w+$/) as string,
      object: 'chat.completion',
      created: expect.any(Number) as number,
      model: 'gpt-4o-mini-2024-07-18',
      service_tier: 'default',
      system_fingerprint: 'fp_sluice',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'One two three.', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 6,
        completion_tokens: 3,
        total_tokens: 9,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
  });
});

describe('B6.4', () => {
  const reported = (server: Emulator, kind: string) =>
    new Promise<EmulatorEvent>((resolve) => server.events.subscribe((event) => event.kind === kind && resolve(event)));

  it('B6.4 a client that disconnects stops the model; the event has the number of sent tokens', async () => {
    const server = await serve({
      model: { firstTokenMs: 0, tokenMs: 0, replies: [{ say: 'One two three four.', stallAfterTokens: 2 }] },
    });
    const aborted = reported(server, 'abort');
    const controller = new AbortController();
    const response = await post(server, { ...hello, stream: true }, { signal: controller.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('" two"')) text += (await reader.read()).value ?? '';
    controller.abort();
    await expect(reader.read()).rejects.toThrow('aborted');
    expect(await aborted).toMatchObject({ service: 'chat', tokensSent: 2 });
    expect(server.reported.map(({ kind }) => kind)).toStrictEqual(['request', 'abort']);
  });

  it('B6.4 a client that disconnects before the first token stops the model too', async () => {
    let stopped = false;
    const server = await serve({ ...scripted({}), think: () => NEVER.pipe(finalize(() => (stopped = true))) });
    const [asked, aborted] = [reported(server, 'request'), reported(server, 'abort')];
    const body = JSON.stringify({ ...hello, stream: true });
    const client = request(`${server.openaiUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer secret', 'content-length': body.length },
    });
    client.on('error', () => undefined);
    client.end(body);
    await asked;
    client.destroy();
    expect(await aborted).toMatchObject({ tokensSent: 0 });
    expect(stopped).toBe(true);
  });

  it('B6.4 an answer that is read to its end is reported as closed, not aborted', async () => {
    const server = await serve(fast);
    const closed = reported(server, 'close');
    await (
      await post(server, { ...hello, stream: true }, { headers: { authorization: 'Bearer k', 'user-agent': 'tester/1' } })
    ).text();
    expect(await closed).toMatchObject({ service: 'chat', status: 200, tokensSent: 3 });
    expect(server.reported).toMatchObject([{ kind: 'request', status: 200, userAgent: 'tester/1' }, { kind: 'close' }]);
  });
});

describe('B6.6', () => {
  it('B6.6 other request fields and parts of text are accepted', async () => {
    const content = [
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
    ];
    const server = await serve({ model: { ...fast.model, replies: [{ when: 'hello', say: 'Yes.' }] } });
    const response = await post(server, {
      ...hello,
      messages: [{ role: 'user', content }],
      temperature: 0.7,
      max_completion_tokens: 100,
      seed: 1,
    });
    expect(((await response.json()) as { choices: { message: Json }[] }).choices[0]?.message['content']).toBe('Yes.');
  });

  it('B6.6 events contain neither keys nor messages', async () => {
    const server = await serve(fast);
    await (await post(server, { ...hello, messages: [{ role: 'user', content: 'my PIN is 4711' }] })).text();
    await (await post(server, hello, { headers: { authorization: 'Token secret' } })).text();
    expect(server.reported.flatMap(({ kind, status }) => (kind === 'request' ? [status] : []))).toStrictEqual([200, 401]);
    expect(JSON.stringify(server.reported)).not.toMatch(/secret|4711/);
  });
});
