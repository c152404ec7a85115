import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Emulator, Fault } from '../../../src/emulator/index.ts';
import { serve } from '../server/client.ts';

const said = 'Één café 🙂 here.';
const serveWith = (...faults: Fault[]) => serve({ model: { firstTokenMs: 0, tokenMs: 0, replies: [said] }, faults });

function post({ openaiUrl }: Emulator, stream = true): Promise<Response> {
  return fetch(`${openaiUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
}

/** The body, in the chunks that the server wrote. */
function chunksOf({ port }: Emulator): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const path = '/v1/chat/completions';
    const asked = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { authorization: 'Bearer k' } });
    asked.on('error', reject).on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(chunks));
    });
    asked.end(JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }));
  });
}

/** Reads a body as a tolerant reader of server-sent events does: the text, and whether it ended properly. */
function read(body: string): { text: string; done: boolean } {
  const data = body
    .split(/\r?\n\r?\n/)
    .flatMap((event) => event.split(/\r?\n/).filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length));
  const chunks = data
    .filter((one) => one !== '[DONE]')
    .map((one) => JSON.parse(one) as { choices?: { delta: { content?: string } }[] });
  return {
    text: chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '').join(''),
    done: data.at(-1) === '[DONE]',
  };
}

describe('B6.5 a model with a fault', () => {
  it.each([
    [401, 'invalid_request_error', 'invalid_api_key'],
    [403, 'invalid_request_error', null],
    [429, 'requests', 'rate_limit_exceeded'],
    [503, 'server_error', null],
  ])('B6.5 refuses with %i', async (status, type, code) => {
    const server = await serveWith({ service: 'chat', kind: 'refuse', status });
    const response = await post(server);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type, code, param: null } });
    expect(server.reported).toMatchObject([{ kind: 'request', service: 'chat', status }]);
  });

  it('B6.5 refuses n times with 429 and a retry delay, then answers', async () => {
    const server = await serveWith({ service: 'chat', kind: 'refuse', status: 429, retryAfterMs: 1500, times: 2 });
    const answers = [await post(server), await post(server), await post(server)];
    expect(answers.map(({ status }) => status)).toStrictEqual([429, 429, 200]);
    const [{ headers }] = answers as [Response];
    expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toStrictEqual(['2', '1500']);
    expect(read(await answers[2]!.text())).toStrictEqual({ text: said, done: true });
  });

  it('B6.5 stalls before the headers', async () => {
    const server = await serveWith({ service: 'chat', kind: 'stall', times: 1 });
    const gone = new AbortController();
    const asked = fetch(`${server.openaiUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: '' }] }),
      signal: gone.signal,
    });
    const next = post(server); // it is answered while the first one still is not
    expect(read(await (await next).text()).done).toBe(true);
    expect(await Promise.race([asked, Promise.resolve('nothing yet')])).toBe('nothing yet');
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
  });

  it('B6.5 stalls in the middle of the stream', async () => {
    const server = await serveWith({ service: 'chat', kind: 'stall', afterMessages: 2 });
    const reader = (await post(server)).body!.getReader();
    let body = '';
    while (!body.includes('café')) body += Buffer.from((await reader.read()).value ?? []).toString();
    expect(read(body)).toStrictEqual({ text: 'Één café', done: false });
    await reader.cancel();
  });

  it('B6.5 ends the body early', async () => {
    const response = await post(await serveWith({ service: 'chat', kind: 'end', afterMessages: 2 }));
    expect(read(await response.text())).toStrictEqual({ text: 'Één café', done: false });
  });

  it('B6.5 resets the connection', async () => {
    const faults: Fault[] = [{ service: 'chat', kind: 'drop', afterMessages: 2 }];
    const response = await post(await serve({ model: { firstTokenMs: 0, tokenMs: 50, replies: [said] }, faults }));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it.each([
    ['length', {}, 'length'],
    ['content_filter', {}, 'content_filter'],
    ['refusal', { refusal: 'I cannot help with that.' }, 'stop'],
    [
      'tool_calls',
      { tool_calls: [{ index: 0, type: 'function', function: { name: 'look_up', arguments: '{}' } }] },
      'tool_calls',
    ],
  ] as const)('B6.5 stops with %s', async (reason, delta, finish_reason) => {
    const server = await serveWith({ service: 'chat', kind: 'finish', reason, afterMessages: 2 });
    const body = await (await post(server)).text();
    const choices = body
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map(
        (event) =>
          (JSON.parse(event.slice('data: '.length)) as { choices: { delta: object; finish_reason: unknown }[] }).choices[0]!,
      );
    expect(read(body)).toStrictEqual({ text: 'Één café', done: true });
    expect(choices.at(-1)).toMatchObject({ delta: {}, finish_reason });
    expect(Object.assign({}, ...choices.slice(3).map((choice) => choice.delta))).toMatchObject(delta);
    expect(await (await post(server, false)).json()).toMatchObject({
      choices: [{ message: { content: 'Één café', ...delta }, finish_reason }],
    });
  });

  it('B6.5 sends an error event in the middle', async () => {
    const fault: Fault = { service: 'chat', kind: 'error', afterMessages: 2, message: 'Overloaded.', code: 'slow_down' };
    const body = await (await post(await serveWith(fault))).text();
    const events = body.trimEnd().split('\n\n');
    expect(JSON.parse(events.at(-1)!.slice('data: '.length))).toStrictEqual({
      error: { message: 'Overloaded.', type: 'server_error', param: null, code: 'slow_down' },
    });
    expect(read(body).text).toBe('Één café');
  });

  it('B6.5 sends a message that is not JSON', async () => {
    const body = await (await post(await serveWith({ service: 'chat', kind: 'malformed', afterMessages: 1 }))).text();
    expect(() => read(body)).toThrow(SyntaxError);
  });

  it('B6.5 sends an unknown message', async () => {
    const body = await (await post(await serveWith({ service: 'chat', kind: 'unknown', afterMessages: 1 }))).text();
    expect(body).toContain('data: {"object":"weather","choices":[]}\n\n');
    expect(read(body)).toStrictEqual({ text: said, done: true });
  });

  it('B6.5 ends lines with CRLF', async () => {
    const body = await (await post(await serveWith({ service: 'chat', kind: 'crlf' }))).text();
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(read(body)).toStrictEqual({ text: said, done: true });
  });

  it('B6.5 has comment lines', async () => {
    const body = await (await post(await serveWith({ service: 'chat', kind: 'comments' }))).text();
    expect(body.match(/^: keep-alive$/gm)).toHaveLength(7); // role, four tokens, finish, [DONE]
    expect(read(body)).toStrictEqual({ text: said, done: true });
  });

  it('B6.5 splits an event over several writes, characters of several bytes too', async () => {
    const chunks = await chunksOf(await serveWith({ service: 'chat', kind: 'split' }));
    expect(chunks.length).toBeGreaterThan(2 * 7);
    expect(chunks.some((chunk) => chunk.at(-1) === 0xc3)).toBe(true);
    expect(chunks.filter((chunk) => chunk.length === 1).length).toBeGreaterThanOrEqual(2); // inside 🙂
    expect(read(Buffer.concat(chunks).toString())).toStrictEqual({ text: said, done: true });
  });

  it('B6.5 writes several events at once', async () => {
    const chunks = await chunksOf(
      await serveWith({ service: 'chat', kind: 'join' }, { service: 'chat', kind: 'split', times: 1 }),
    );
    expect(read(Buffer.concat(chunks).toString())).toStrictEqual({ text: said, done: true });
    expect(chunks.some((chunk) => chunk.toString().split('data: ').length === 3)).toBe(true);
  });

  it('B6.5 sends the first event of an incomplete pair when the body ends', async () => {
    const server = await serveWith({ service: 'chat', kind: 'join' }, { service: 'chat', kind: 'end', afterMessages: 2 });
    expect(read(await (await post(server)).text())).toStrictEqual({ text: 'Één café', done: false });
  });

  it('B6.5 without a stream an error is a status, and an early end cuts the body', async () => {
    const error = await post(await serveWith({ service: 'chat', kind: 'error', afterMessages: 2 }), false);
    expect([error.status, (await error.json()) as object]).toMatchObject([500, { error: { type: 'server_error' } }]);
    const cut = await post(await serveWith({ service: 'chat', kind: 'end', afterMessages: 2 }), false);
    await expect(cut.json()).rejects.toThrow(SyntaxError);
  });

  it('is the same for the same seed of the scenario', async () => {
    const statuses = async (seed: number) => {
      const faults: Fault[] = [{ service: 'chat', kind: 'refuse', status: 503, probability: 0.5 }];
      const server = await serve({ model: { firstTokenMs: 0, replies: [''] }, faults, seed });
      const all: number[] = [];
      while (all.length < 16) {
        const response = await post(server);
        await response.text();
        all.push(response.status);
      }
      return all;
    };
    const first = await statuses(1);
    expect(new Set(first)).toStrictEqual(new Set([200, 503]));
    expect(await statuses(1)).toStrictEqual(first);
    expect(await statuses(2)).not.toStrictEqual(first);
  });

  it('counts the tokens before the fault', async () => {
    const server = await serveWith({ service: 'chat', kind: 'end', afterMessages: 2 });
    const closed = new Promise((resolve) => server.events.subscribe((event) => event.kind === 'close' && resolve(event)));
    await (await post(server)).text();
    expect(await closed).toMatchObject({ service: 'chat', tokensSent: 2, status: 200 });
  });
});
