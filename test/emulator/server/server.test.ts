import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emulator, scripted } from '../../../src/emulator/index.ts';
import { Client, refusal, serve, silence, turnRow, type Json } from './client.ts';

const raw = 'model=flux-general-en&encoding=linear16&sample_rate=16000';

/** The status of a plain request with this `Host`. */
function statusFor(port: number, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host, authorization: 'Bearer k' } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('emulator', () => {
  it('returns its URLs and port', async () => {
    const server = await serve({});
    expect(server.port).toBeGreaterThan(0);
    expect(server.deepgramUrl).toBe(`ws://127.0.0.1:${server.port}`);
    expect(server.openaiUrl).toBe(`http://127.0.0.1:${server.port}/v1`);
  });

  it.each(['localhost', '127.0.0.1:80', '127.1.2.3', '[::1]:8080', 'LOCALHOST:1'])('answers if Host is %s', async (host) => {
    const { port } = await serve({});
    expect(await statusFor(port, '/v1/models', host)).toBe(200);
  });

  it.each(['example.com', '127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1', 'a b'])(
    'refuses with 403 if Host is "%s"',
    async (host) => {
      const server = await serve({});
      expect(await statusFor(server.port, '/v1/models', host)).toBe(403);
      expect((await refusal(`${server.deepgramUrl}/v2/listen?${raw}`, { authorization: 'Token k', host })).status).toBe(403);
    },
  );

  it('takes its backend under the old name too', async () => {
    const { openaiUrl, close } = await emulator({ mind: scripted({}) });
    expect((await fetch(`${openaiUrl}/models`, { headers: { authorization: 'Bearer k' } })).status).toBe(200);
    await close();
  });

  it('answers other paths with 404', async () => {
    const { port } = await serve({});
    expect(await statusFor(port, '/', 'localhost')).toBe(404);
    expect(await statusFor(port, '//', 'localhost')).toBe(404);
    expect(await statusFor(port, '/v2/listen', 'localhost')).toBe(404);
  });

  it('rejects with port-taken if another server listens', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(emulator({ backend: scripted({}), port })).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} is taken. Choose another one, or 0 for any.`,
    });
    other.close();
  });

  it('serves several clients at once, each with another call', async () => {
    const server = await serve({ flux: [turnRow(80, 'StartOfTurn', 'a'), turnRow(160, 'EndOfTurn', 'a')] });
    const url = `${server.deepgramUrl}/v2/listen?${raw}`;
    const clients = await Promise.all([1, 2, 3].map(() => new Client(url).opened()));
    clients.forEach((client, k) => client.send(silence(80 * k), { type: 'CloseStream' }));
    await Promise.all(clients.map(({ closed }) => closed));
    expect(clients.map(({ texts }) => texts.map(({ type, event }) => event ?? type))).toStrictEqual([
      ['Connected'],
      ['Connected', 'StartOfTurn'],
      ['Connected', 'StartOfTurn', 'EndOfTurn'],
    ]);
  });

  it('reports the actions of clients, with the time since its start', async () => {
    const server = await serve({});
    const client = new Client(`${server.deepgramUrl}/v1/speak`, [], {
      headers: { authorization: 'Token k', 'user-agent': 'tester/1' },
    });
    await client.opened();
    client.send({ type: 'Clear' }, { type: 'Close' });
    await client.closed;
    const closed = new Promise<void>((resolve) => server.events.subscribe({ next: () => resolve(), complete: resolve }));
    if (server.reported.length < 3) await closed;
    expect(server.reported).toStrictEqual([
      { kind: 'upgrade', service: 'speak', status: 101, userAgent: 'tester/1', at: expect.any(Number) as number },
      { kind: 'clear', service: 'speak', at: expect.any(Number) as number },
      { kind: 'close', service: 'speak', status: 1000, at: expect.any(Number) as number },
    ]);
    expect(server.reported.every(({ at }, k) => at >= (server.reported[k - 1]?.at ?? 0) && at < 60_000)).toBe(true);
  });

  it('ends sockets and answers when it closes, completes its events and closes its backend', async () => {
    let freed = false;
    const server = await emulator({
      backend: {
        ...scripted({ model: { replies: [{ say: 'a b', stallAfterTokens: 1 }] } }),
        close: () => Promise.resolve(void (freed = true)),
      },
    });
    const completed = new Promise<void>((resolve) => server.events.subscribe({ complete: resolve }));
    const socket = await new Client(`${server.deepgramUrl}/v2/listen?${raw}`).opened();
    const answer = await fetch(`${server.openaiUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: '' }] }),
    });
    await server.close();
    expect((await socket.closed).code).toBe(1006);
    await expect(answer.text()).rejects.toThrow('terminated');
    await completed;
    expect(freed).toBe(true);
    await expect(fetch(server.openaiUrl)).rejects.toThrow('fetch failed');
  });

  it('lets the process exit after it is closed', async () => {
    const script = `
      const { emulator, scripted } = await import('./src/emulator/index.ts');
      const { WebSocket } = await import('ws');
      const server = await emulator({ backend: scripted({}) });
      const socket = new WebSocket(server.deepgramUrl + '/v2/listen?${raw}', { headers: { authorization: 'Token k' } });
      socket.on('message', () => server.close().then(() => console.log('closed')));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    expect(stdout).toBe('closed\n');
  });

  it('survives a client that sends garbage instead of a request', async () => {
    const server = await serve({});
    const asked: Json[] = [];
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('GET  /v2/listen\r\n\r\n\u0000'));
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.on('data', (data) => asked.push({ data: data.toString() }));
    });
    expect(await statusFor(server.port, '/v1/models', 'localhost')).toBe(200);
  });
});
