import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { emulator, scripted, type Emulator, type Fault, type Backend, type Scenario } from '../../../src/emulator/index.ts';
import { Client, refusal, serve, silence, turnRow } from '../server/client.ts';

const raw = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const voice = 'model=aura-2-phoebe-en&encoding=linear16&sample_rate=16000';

/** A turn that ends after 240 ms of audio; tokens and audio at once. */
const story: Scenario = {
  flux: [turnRow(80, 'StartOfTurn', 'café'), turnRow(160, 'Update', 'café here'), turnRow(240, 'EndOfTurn', 'café here')],
  model: { firstTokenMs: 0, tokenMs: 0, replies: ['Één café 🙂 here.'] },
  speech: { firstAudioMs: 0, msPerChar: 40 },
};
const serveWith = (...faults: Fault[]) => serve({ ...story, faults });

async function listen({ deepgramUrl }: Emulator): Promise<Client> {
  return new Client(`${deepgramUrl}/v2/listen?${raw}`).opened();
}
async function speak({ deepgramUrl }: Emulator): Promise<Client> {
  return new Client(`${deepgramUrl}/v1/speak?${voice}`).opened();
}
/** Sends the audio of the whole turn. */
const sayAll = (client: Client) => client.send(silence(80), silence(80), silence(80));
const namesOf = ({ received }: Client) => received.map((one) => (Buffer.isBuffer(one) ? 'audio' : (one['event'] ?? one['type'])));
const [say, flush, clear, close] = [{ type: 'Speak', text: 'Hi!' }, { type: 'Flush' }, { type: 'Clear' }, { type: 'Close' }];

describe('§11.10 Flux with a fault', () => {
  it.each([
    [401, 'INVALID_AUTH', undefined, undefined],
    [402, 'ASR_PAYMENT_REQUIRED', undefined, undefined],
    [403, 'INSUFFICIENT_PERMISSIONS', undefined, undefined],
    [429, 'TOO_MANY_REQUESTS', 1500, '2'],
    [503, 'INTERNAL_SERVER_ERROR', undefined, undefined],
  ])('§11.10 refuses the upgrade with %i %s and a retry delay', async (status, code, retryAfterMs, header) => {
    const server = await serveWith({ service: 'listen', kind: 'refuse', status, ...(retryAfterMs && { retryAfterMs }) });
    const refused = await refusal(`${server.deepgramUrl}/v2/listen?${raw}`);
    expect([refused.status, refused.body['err_code'], refused.headers['retry-after']]).toStrictEqual([status, code, header]);
    expect(refused.headers['dg-request-id']).toBe(refused.body['request_id']);
    expect(refused.headers['dg-error']).toBe(refused.body['err_msg']);
    expect(server.reported).toMatchObject([{ kind: 'upgrade', service: 'listen', status }]);
  });

  it('§11.10 is silent after the upgrade, but answers a ping', async () => {
    const client = await listen(await serveWith({ service: 'listen', kind: 'stall' }));
    sayAll(client);
    client.socket.ping();
    await once(client.socket, 'pong');
    expect(client.received).toStrictEqual([]);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('§11.10 stalls in the middle of a turn', async () => {
    const client = await listen(await serveWith({ service: 'listen', kind: 'stall', after: 'StartOfTurn' }));
    sayAll(client);
    client.socket.ping();
    await once(client.socket, 'pong');
    expect(namesOf(client)).toStrictEqual(['Connected', 'StartOfTurn']);
  });

  it('§11.10 drops TCP at the nth message', async () => {
    const client = await listen(await serveWith({ service: 'listen', kind: 'drop', afterMessages: 3 }));
    sayAll(client);
    expect((await client.closed).code).toBe(1006);
  });

  it('§11.10 drops TCP after a time', async () => {
    const client = await listen(await serveWith({ service: 'listen', kind: 'drop', afterMs: 100 }));
    expect((await client.closed).code).toBe(1006);
    expect(namesOf(client)).toStrictEqual(['Connected']);
  });

  it.each([1005, 1006, 1008, 1011] as const)('§11.10 closes with %i', async (code) => {
    const fault: Fault = { service: 'listen', kind: 'close', code, after: 'Update', ...(code > 1006 && { reason: 'NET-0001' }) };
    const client = await listen(await serveWith(fault));
    sayAll(client);
    expect(await client.closed).toStrictEqual({ code, reason: code > 1006 ? 'NET-0001' : '' });
  });

  it('§11.10 sends a fatal Error and closes without a code', async () => {
    const client = await listen(await serveWith({ service: 'listen', kind: 'error', after: 'StartOfTurn' }));
    sayAll(client);
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    expect(client.texts.at(-1)).toStrictEqual({
      type: 'Error',
      sequence_id: 2,
      code: 'INTERNAL_SERVER_ERROR',
      description: 'A fault says so.',
    });
  });

  it('§11.10 sends a message that is not JSON', async () => {
    const server = await serveWith({ service: 'listen', kind: 'malformed' });
    const socket = new WebSocket(`${server.deepgramUrl}/v2/listen?${raw}`, { headers: { authorization: 'Token k' } });
    const [first] = (await once(socket, 'message')) as [Buffer];
    expect(() => JSON.parse(first.toString()) as unknown).toThrow(SyntaxError);
    socket.terminate();
  });

  it('§11.10 sends an unknown message, repeats a message, and omits one', async () => {
    const client = await listen(
      await serveWith(
        { service: 'listen', kind: 'unknown', after: 'Connected' },
        { service: 'listen', kind: 'duplicate', of: 'StartOfTurn' },
        { service: 'listen', kind: 'missing', of: 'Update' },
      ),
    );
    sayAll(client);
    client.send({ type: 'CloseStream' });
    await client.closed;
    expect(namesOf(client)).toStrictEqual(['Connected', 'Weather', 'StartOfTurn', 'StartOfTurn', 'EndOfTurn']);
  });

  it('§11.10 splits messages into fragments inside characters; the client receives them whole', async () => {
    const server = await serveWith({ service: 'listen', kind: 'split' });
    const client = await listen(server);
    const bytes: Buffer[] = [];
    (client.socket as unknown as { _socket: NodeJS.ReadableStream })._socket.on('data', (data: Buffer) => bytes.push(data));
    client.send(silence(80));
    const start = await client.until(({ event }) => event === 'StartOfTurn');
    expect(start['transcript']).toBe('café');
    const sent = Buffer.concat(bytes);
    expect(sent.includes('café')).toBe(false);
    expect(sent.includes('caf\xc3', 0, 'latin1')).toBe(true);
  });

  it('§11.10 continues the scenario after a fault ended a connection', async () => {
    const server = await serveWith({ service: 'listen', kind: 'drop', after: 'StartOfTurn', times: 1 });
    const first = await listen(server);
    first.send(silence(80));
    await first.closed;
    const second = await listen(server);
    second.send(silence(80), silence(80), { type: 'CloseStream' });
    await second.closed;
    expect(namesOf(second)).toStrictEqual(['Connected', 'Update', 'EndOfTurn']);
  });

  it('strikes its connection only, independent of concurrent ones', async () => {
    const server = await serveWith({ service: 'listen', kind: 'missing', of: 'Connected', connection: 1 });
    const clients = [await listen(server), await listen(server), await listen(server)];
    clients.forEach((client) => client.send({ type: 'CloseStream' }));
    await Promise.all(clients.map(({ closed }) => closed));
    expect(clients.map(namesOf)).toStrictEqual([['Connected'], [], ['Connected']]);
  });

  it('applies to any backend, not only a scripted one', async () => {
    const own: Backend = { ...scripted({}), name: 'local' };
    const server = await emulator({
      backend: own,
      faults: [{ service: 'listen', kind: 'close', code: 1011, after: 'Connected' }],
    });
    onTestFinished(() => server.close());
    expect((await (await listen(server)).closed).code).toBe(1011);
  });
});

describe('A8.8 Aura with a fault', () => {
  it('A8.8 refuses the upgrade', async () => {
    const server = await serveWith({ service: 'speak', kind: 'refuse', status: 429, retryAfterMs: 2000 });
    const refused = await refusal(`${server.deepgramUrl}/v1/speak?${voice}`);
    expect([refused.status, refused.headers['retry-after']]).toStrictEqual([429, '2']);
    expect(refused.body).toMatchObject({ err_code: 'TOO_MANY_REQUESTS', request_id: refused.headers['dg-request-id'] });
  });

  it('A8.8 drops TCP in the middle of a text', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'drop', after: 'audio' }));
    client.send(say, flush);
    expect((await client.closed).code).toBe(1006);
  });

  it('A8.8 stalls in the middle of a text', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'stall', after: 'audio', afterMessages: 2 }));
    client.send(say, flush, close);
    client.socket.ping();
    await once(client.socket, 'pong');
    while (namesOf(client).length < 3) await once(client.socket, 'message');
    expect(namesOf(client)).toStrictEqual(['Metadata', 'audio', 'audio']);
  });

  it('A8.8 omits Flushed', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'missing', of: 'Flushed' }));
    client.send(say, flush, close);
    expect((await client.closed).code).toBe(1000);
    expect(namesOf(client)).toStrictEqual(['Metadata', 'audio', 'audio', 'audio']);
  });

  it('A8.8 sends Flushed before the audio', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'late', of: 'audio', ms: 200 }));
    client.send(say, flush);
    while (namesOf(client).length < 5) await once(client.socket, 'message');
    expect(namesOf(client)).toStrictEqual(['Metadata', 'Flushed', 'audio', 'audio', 'audio']);
  });

  it('A8.8 delays the first audio', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'slow', ms: 150 }));
    const began = performance.now();
    client.send(say, flush);
    await client.until(({ type }) => type === 'Flushed');
    expect(performance.now() - began).toBeGreaterThan(140);
    expect(client.audio).toHaveLength(3 * 1280);
  });

  it('A8.3 sends audio after Cleared', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'stale', frames: 2, afterCleared: true }));
    client.send(say, flush);
    await once(client.socket, 'message');
    await client.until(({ type }) => type === 'Flushed');
    client.send(clear, close);
    await client.closed;
    expect(namesOf(client).slice(-3)).toStrictEqual(['Cleared', 'audio', 'audio']);
  });

  it('A8.7 sends audio in frames of odd sizes', async () => {
    const client = await speak(await serveWith({ service: 'speak', kind: 'odd' }));
    client.send(say, flush, close);
    await client.closed;
    const frames = client.received.filter((one) => Buffer.isBuffer(one));
    expect(frames.map(({ length }) => length % 2)).toStrictEqual([1, 1, 1, 1, 1, 1]);
    expect(client.audio).toHaveLength(3 * 1280);
  });
});
