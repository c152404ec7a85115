import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { exhaustMap, lastValueFrom, materialize, NEVER, of, take, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { aura } from '../../src/tts/aura.ts';
import { deepgram } from '../../src/wire/deepgram.ts';
import { said } from './drawnAura.ts';

const apiKey = 'planted-key-of-the-voice-0123456789';
const secrets = ['planted-key', 'planted-name', 'planted-word', 'planted-query', 'planted-path'];

const found = (text: string) => secrets.filter((secret) => text.includes(secret));

/** Everything that can be read of the first `count` things that came. */
async function seenOf(stream: Observable<unknown>, count: number): Promise<string> {
  const notifications = await lastValueFrom(stream.pipe(materialize(), take(count), toArray()));
  const values = notifications.map((one) => (one.kind === 'E' ? [one.error as unknown, String(one.error)] : one));
  return `${inspect(values, { depth: 20, showHidden: true, maxStringLength: null })} ${JSON.stringify(values)}`;
}

const wire = (baseUrl: string) => NEVER.pipe(deepgram({ service: 'speak.v1', apiKey, baseUrl, args: {} }));
/** The output of a reply: its `Spent`, then its error. */
const reply = (baseUrl: string) =>
  aura({ apiKey, baseUrl, random: () => 0 }).pipe(exhaustMap((speak) => of(said.a).pipe(speak({ settled: of(true) }))));

/** All that a service knows of a request. */
const told = ({ url, headers }: IncomingMessage) => `${url} ${headers.authorization}`;
const at = (server: ReturnType<typeof createServer>) =>
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}/planted-path-0123456789`;

/** A server that refuses each upgrade, with a body that contains the key. */
async function refusing<T>(status: string, use: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const body = JSON.stringify({ err_code: 'X', err_msg: told(request) });
    const head = `HTTP/1.1 ${status}\r\ndg-error: ${told(request)}\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.end(head + body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return use(at(server)).finally(() => server.close());
}

/** The same in the little room of a close. */
const quoted = ({ url, headers }: IncomingMessage) => `${headers.authorization} ${url?.split('?')[0]}`;

/** A server that closes each socket, with a reason. */
async function closing<T>(use: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket, request) => socket.close(1011, quoted(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return use(at(server)).finally(() => server.close());
}

const unreached = [
  'ws://127.0.0.1:1/planted-path-0123456789?key=planted-query-1',
  'ws://planted-name:planted-word@127.0.0.1:1',
  'ws://127.0.0.1:99999/planted-path-0123456789',
  'planted-path-0123456789 is no address',
];

describe('the socket to Deepgram, with keys in every place', () => {
  it.each(['400 Bad Request', '401 Unauthorized', '404 Not Found', '503 Service Unavailable'])(
    'reveals none when a refusal (%s) quotes them',
    async (status) => {
      const seen = await refusing(status, (baseUrl) => seenOf(wire(baseUrl), 1));

      expect(seen).toContain('WireError');
      expect(found(seen)).toEqual([]);
    },
  );

  it('reveals none when the reason of a close quotes them', async () => {
    const seen = await closing((baseUrl) => seenOf(wire(baseUrl), 1));

    expect(seen).toContain('1011');
    expect(found(seen)).toEqual([]);
  });

  it.each(unreached)('reveals none when it is unreachable at %s', async (baseUrl) => {
    const seen = await seenOf(wire(baseUrl), 1);

    expect(seen).toContain('Error');
    expect(found(seen)).toEqual([]);
  });
});

describe('aura, with keys in every place', () => {
  it('reveals none in the failures of a reply', async () => {
    const seen = await closing((baseUrl) => seenOf(reply(baseUrl), 2));

    expect(seen).toContain('Failure');
    expect(found(seen)).toEqual([]);
  });

  it('reveals none when it is refused', async () => {
    const seen = await refusing('401 Unauthorized', (baseUrl) => seenOf(reply(baseUrl), 3));

    expect(seen).toContain('unauthorized');
    expect(found(seen)).toEqual([]);
  });

  it.each(unreached)('reveals none when it is unreachable at %s', async (baseUrl) => {
    const seen = await seenOf(reply(baseUrl), 1);

    expect(found(seen)).toEqual([]);
    expect(seen).toMatch(/Failure|Error/);
  });
});
