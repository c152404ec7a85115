import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { lastValueFrom, materialize, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { openai } from '../../src/llm/openai.ts';

const apiKey = 'planted-key-of-the-model-0123456789';
const secrets = ['planted-key', 'planted-name', 'planted-word', 'planted-query', 'planted-path', 'planted-part'];

/** Everything that can be read of what came: failures, and errors with all that hangs on them. */
async function seenOf(baseUrl: string): Promise<string> {
  const thoughts = openai({ apiKey, baseUrl })([{ role: 'user', content: 'Hello' }]);
  const notifications = await lastValueFrom(thoughts.pipe(materialize(), toArray()));
  const values = notifications.map((one) => (one.kind === 'E' ? [one.error as unknown, String(one.error)] : one));
  return `${inspect(values, { depth: 20, showHidden: true, maxStringLength: null })} ${JSON.stringify(values)}`;
}

const found = (text: string) => secrets.filter((secret) => text.includes(secret));

async function served(answer: RequestListener, ask: (at: string) => Promise<string>): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const seen = await ask(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  server.close();
  return seen;
}

/** All that a service knows of a request. */
const echoed = ({ url, headers }: IncomingMessage) => `${url} ${headers.authorization} ${apiKey}`;

const inPath = (at: string) => `http://${at}/planted-path-0123456789/v1`;

describe('openai, with keys in every place', () => {
  it.each([400, 401, 403, 404, 429, 500])('reveals none when a refusal (%i) quotes them', async (status) => {
    const seen = await served(
      (request, answer) => answer.writeHead(status).end(JSON.stringify({ error: { message: echoed(request), code: 'x' } })),
      (at) => seenOf(inPath(at)),
    );

    expect(seen).toContain('ModelError');
    expect(found(seen)).toEqual([]);
  });

  it('reveals none when a refusal that is not JSON quotes them', async () => {
    const seen = await served(
      (request, answer) => answer.writeHead(502).end(echoed(request)),
      (at) => seenOf(inPath(at)),
    );

    expect(seen).toContain('502');
    expect(found(seen)).toEqual([]);
  });

  it('reveals none when an error event quotes them', async () => {
    const seen = await served(
      (request, answer) =>
        answer
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(`data: ${JSON.stringify({ error: { message: echoed(request) } })}\n\n`),
      (at) => seenOf(inPath(at)),
    );

    expect(seen).toContain('middle of the answer');
    expect(found(seen)).toEqual([]);
  });

  it('reveals none when invalid JSON quotes them', async () => {
    const seen = await served(
      (request, answer) => answer.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: {${echoed(request)}\n\n`),
      (at) => seenOf(inPath(at)),
    );

    expect(seen).toContain('not JSON');
    expect(found(seen)).toEqual([]);
  });

  it.each([
    'http://127.0.0.1:1/planted-path-0123456789?key=planted-query-1#planted-part-1',
    'http://planted-name:planted-word@127.0.0.1:1/v1',
    'http://127.0.0.1:99999/planted-path-0123456789',
    'planted-path-0123456789 is no address',
    'http://planted-path-0123456789.invalid:x/',
  ])('reveals none when it is unreachable at %s', async (baseUrl) => {
    const seen = await seenOf(baseUrl);

    expect(seen).toContain('ModelError');
    expect(found(seen)).toEqual([]);
  });
});
