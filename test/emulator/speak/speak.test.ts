import { once } from 'node:events';
import { concat, finalize, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { scripted, type Backend, type Scenario } from '../../../src/emulator/index.ts';
import { Client, refusal, serve, type Json } from '../server/client.ts';

const query = 'model=aura-2-phoebe-en&encoding=linear16&sample_rate=16000';
/** Audio at once; a character takes 40 ms, one frame of 1280 bytes. */
const quick: Scenario = { speech: { firstAudioMs: 0, msPerChar: 40 } };
const speak = async (scenario: Scenario | Backend, params = query) => {
  const server = await serve(scenario);
  const client = await new Client(`${server.deepgramUrl}/v1/speak?${params}`).opened();
  return { server, client };
};
const isType = (type: string) => (text: Json) => text['type'] === type;
const say = (text: string) => ({ type: 'Speak', text });
const [flush, clear, close] = [{ type: 'Flush' }, { type: 'Clear' }, { type: 'Close' }];

/** A backend whose voice emits the text itself once, and never completes. */
const endless: Backend = { ...scripted({}), speak: (text) => concat(of(new TextEncoder().encode(text)), NEVER) };

describe('A8.1', () => {
  it.each([
    ['an unknown voice', 'model=aura-2-stella-en', 'no such model: aura-2-stella-en'],
    ['an encoding that does not stream', 'model=aura-2-phoebe-en&encoding=mp3', 'encoding must be one of linear16, mulaw, alaw'],
    [
      'a rate not offered',
      'model=aura-2-phoebe-en&encoding=linear16&sample_rate=44100',
      'sample_rate of linear16 must be one of 8000, 16000, 24000, 32000, 48000',
    ],
    [
      'a rate not offered for G.711',
      'model=aura-2-phoebe-en&encoding=mulaw&sample_rate=24000',
      'sample_rate of mulaw must be one of 8000, 16000',
    ],
    ['speed out of range', 'model=aura-2-phoebe-en&speed=1.6', 'speed must be a number from 0.7 to 1.5'],
    ['speed for a voice without it', 'model=aura-2-viktoria-de&speed=1.2', 'aura-2-viktoria-de does not take speed'],
    ['a container', 'model=aura-2-phoebe-en&container=wav', 'container must be one of none'],
    ['an unknown parameter', 'model=aura-2-phoebe-en&pitch=2', 'unknown parameter pitch'],
  ])('A8.1 %s is refused with 400 and the reason in header and body', async (_, params, reason) => {
    const server = await serve({});
    const refused = await refusal(`${server.deepgramUrl}/v1/speak?${params}`);
    expect(refused.status).toBe(400);
    expect(refused.headers['dg-error']).toBe(reason);
    expect(refused.body).toStrictEqual({
      err_code: 'INVALID_QUERY_PARAMETER',
      err_msg: reason,
      request_id: refused.headers['dg-request-id'],
    });
    expect(server.reported).toMatchObject([{ kind: 'upgrade', service: 'speak', status: 400 }]);
  });

  it('A8.1 a missing key is refused with 401 INVALID_AUTH', async () => {
    const server = await serve({});
    const refused = await refusal(`${server.deepgramUrl}/v1/speak?${query}`, {});
    expect([refused.status, refused.body['err_code']]).toStrictEqual([401, 'INVALID_AUTH']);
  });

  it.each([
    ['no parameters', '', 'aura-asteria-en'],
    [
      'all parameters',
      'model=aura-2-thalia-en&encoding=alaw&sample_rate=16000&speed=0.7&mip_opt_out=true&container=none',
      'aura-2-thalia-en',
    ],
  ])('A8.1 with %s Metadata comes at once, with the id of the upgrade', async (_, params, model_name) => {
    const { client } = await speak({}, params);
    const metadata = await client.until(isType('Metadata'));
    expect(metadata).toMatchObject({ model_name, request_id: client.headers['dg-request-id'], additional_model_uuids: [] });
    expect(Object.keys(metadata)).toStrictEqual([
      'type',
      'request_id',
      'model_name',
      'model_version',
      'model_uuid',
      'additional_model_uuids',
    ]);
    expect(client.received).toHaveLength(1);
  });
});

describe('A8.2', () => {
  it('A8.2 there is no audio before Flush; then frames, then Flushed', async () => {
    const { client } = await speak(quick);
    client.send(say('Hi'), flush, say('Ho '));
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    await client.until(isType('Flushed'));
    client.socket.ping();
    await pong;
    expect(client.received.map((one) => (Buffer.isBuffer(one) ? one.length : one['type']))).toStrictEqual([
      'Metadata',
      1280,
      1280,
      'Flushed',
    ]);
  });

  it('A8.2 by default the first audio comes 120 ms after Flush and lasts 60 ms a character', async () => {
    const { client } = await speak({});
    await client.until(isType('Metadata'));
    const began = performance.now();
    const sound = new Promise<number>((resolve) =>
      client.socket.on('message', (_, binary) => binary && resolve(performance.now() - began)),
    );
    client.send(say('Hello.'), flush);
    expect(await sound).toBeGreaterThanOrEqual(119);
    await client.until(isType('Flushed'));
    // 6 × 60 ms at 32 bytes a millisecond.
    expect(client.audio).toHaveLength(11_520);
  });

  it('A8.2 speech is sent ten times faster than real time', async () => {
    const { client } = await speak(quick);
    await client.until(isType('Metadata'));
    const began = performance.now();
    client.send(say('x'.repeat(26)), flush);
    await client.until(isType('Flushed'));
    // 1040 ms of audio: the last frame is sent 100 ms after the first.
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
    expect(performance.now() - began).toBeLessThan(1040);
  });

  it('A8.2 a scenario can send speech slower than real time', async () => {
    const { client } = await speak({ speech: { firstAudioMs: 0, msPerChar: 40, haste: 0.5 } });
    await client.until(isType('Metadata'));
    const began = performance.now();
    client.send(say('Hey'), flush);
    await client.until(isType('Flushed'));
    // 120 ms of audio: the last of three frames is sent 160 ms after the first.
    expect(performance.now() - began).toBeGreaterThanOrEqual(159);
    expect(client.audio).toHaveLength(3 * 1280);
  });

  it('A8.2 an empty Flush is answered at once', async () => {
    const { client } = await speak(quick);
    client.send(flush);
    expect(await client.until(isType('Flushed'))).toStrictEqual({ type: 'Flushed', sequence_id: 0 });
    expect(client.audio).toHaveLength(0);
  });
});

describe('A8.3', () => {
  it('A8.3 Clear stops the audio, drops the text, and is answered with Cleared; its Flush gets no Flushed', async () => {
    const { client, server } = await speak(endless);
    client.send(say('One'), flush, say('Two'), flush, say('Three'), clear, flush);
    await client.until(isType('Flushed'));
    expect(client.received.map((one) => (Buffer.isBuffer(one) ? one.toString() : one['type']))).toStrictEqual([
      'Metadata',
      'One',
      'Cleared',
      'Flushed',
    ]);
    expect(server.reported).toContainEqual(expect.objectContaining({ kind: 'clear', service: 'speak' }));
  });

  it('A8.3 text after Clear is spoken', async () => {
    const { client } = await speak(quick);
    client.send(say('x'.repeat(500)), flush, clear, say('Hi'), flush);
    await client.until(isType('Flushed'));
    const cleared = client.received.findIndex((one) => !Buffer.isBuffer(one) && one['type'] === 'Cleared');
    expect(client.received.slice(cleared).filter((one) => Buffer.isBuffer(one))).toHaveLength(2);
  });

  it('A8.3 a scenario can send late frames before Cleared', async () => {
    const { client } = await speak({ speech: { firstAudioMs: 0, msPerChar: 40, lateMs: 30 } });
    const first = new Promise<void>((resolve) => client.socket.on('message', (_, binary) => binary && resolve()));
    client.send(say('x'.repeat(500)), flush);
    await first;
    const before = client.received.length;
    client.send(clear, flush);
    await client.until(isType('Flushed'));
    const types = client.received.slice(before).map((one) => (Buffer.isBuffer(one) ? 'audio' : one['type']));
    expect(types.slice(-3)).toStrictEqual(['audio', 'Cleared', 'Flushed']);
    expect(types.length).toBeGreaterThan(4);
  });
});

describe('A8.4', () => {
  it('A8.4 Close speaks the remaining text, then closes with 1000', async () => {
    const { client, server } = await speak(quick);
    client.send(say('Hi'), close);
    expect((await client.closed).code).toBe(1000);
    expect(client.audio).toHaveLength(2560);
    expect(server.reported.map(({ kind, service }) => [kind, service])).toContainEqual(['upgrade', 'speak']);
  });
});

describe('A8.5', () => {
  it.each([
    ['an unknown type', { type: 'Reset' }, 1008, 'DATA-0000 not a valid command'],
    ['what is no JSON', '{', 1008, 'DATA-0000 not a valid command'],
    ['JSON null', 'null', 1008, 'DATA-0000 not a valid command'],
    ['an empty text', say(''), 1008, 'DATA-0000 not a valid command'],
    ['2001 characters', say('x'.repeat(2001)), 1009, 'BIG-0001 text too long'],
    ['a message of more than 64 KiB', say('x'.repeat(70_000)), 1009, 'BIG-0000 message too large'],
    ['a binary frame', new Uint8Array(2), 1003, 'MESSAGE-0000 frame type not supported'],
  ])('A8.5 A8.6 %s closes with its tag in the reason', async (_, frame, code, reason) => {
    const { client } = await speak(quick);
    client.send(frame);
    expect(await client.closed).toStrictEqual({ code, reason });
  });

  it('A8.5 A8.6 2000 characters are accepted, 2401 in a minute are not', async () => {
    const { client } = await speak({ speech: { silent: true, firstAudioMs: 0 } });
    client.send(say('x'.repeat(2000)), say('x'.repeat(400)), flush);
    await client.until(isType('Flushed'));
    client.send(say('x'));
    expect(await client.closed).toStrictEqual({ code: 1008, reason: 'DATA-0001 too many characters in the last minute' });
  });

  it('A8.5 A8.6 the 21st Flush in a minute gets a Warning in both spellings, not Flushed, and its text stays', async () => {
    const { client } = await speak(quick);
    client.send(...Array.from({ length: 20 }, () => flush), say('Hi'), flush);
    expect(await client.until(isType('Warning'))).toStrictEqual({
      type: 'Warning',
      code: 'EXCESSIVE_FLUSH',
      description: 'flush allowance used up',
      warn_code: 'EXCESSIVE_FLUSH',
      warn_msg: 'flush allowance used up',
    });
    client.send(close);
    await client.closed;
    expect(client.texts.filter(isType('Flushed'))).toHaveLength(20);
    expect(client.audio).toHaveLength(2560);
  });

  it('A8.5 A8.6 the connection closes after 60 minutes, busy or not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { client } = await speak(endless);
    client.send(say('One'), flush);
    while (client.audio.length === 0) await once(client.socket, 'message');
    vi.advanceTimersByTime(3_599_999);
    const pong = once(client.socket, 'pong');
    client.socket.ping();
    await pong;
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(1);
    expect(await client.closed).toStrictEqual({
      code: 1011,
      reason: 'NET-0003 the connection has stood for its 60 minutes',
    });
  });
});

describe('A8.7', () => {
  it('A8.7 the same text has the same audio, another text differs', async () => {
    const { client } = await speak(quick);
    client.send(say('One'), flush, say('One'), flush, say('Two'), flush);
    await client.until(isType('Flushed'), 3);
    const third = client.audio.length / 3;
    const [one, again, two] = [0, 1, 2].map((k) => client.audio.subarray(k * third, (k + 1) * third));
    expect(again).toStrictEqual(one);
    expect(two).not.toStrictEqual(one);
  });
});

describe('the voice of a backend', () => {
  it('gets the text of a flush with the settings of the query', async () => {
    const asked: unknown[] = [];
    const backend: Backend = {
      ...scripted({}),
      speak: (text, settings) => (asked.push([text, settings]), of(new Uint8Array(2))),
    };
    const { client } = await speak(backend, 'model=aura-2-thalia-en&encoding=mulaw&speed=1.5');
    client.send(say('One '), say('two.'), flush);
    await client.until(isType('Flushed'));
    expect(asked).toStrictEqual([['One two.', { model: 'aura-2-thalia-en', encoding: 'mulaw', sample_rate: 8000, speed: 1.5 }]]);
  });

  it('stops when the client disconnects', async () => {
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const backend: Backend = { ...scripted({}), speak: () => concat(of(new Uint8Array(2)), NEVER).pipe(finalize(() => stop())) };
    const { client, server } = await speak(backend);
    const first = new Promise<void>((resolve) => client.socket.on('message', (_, binary) => binary && resolve()));
    client.send(say('Hi'), flush);
    await first;
    client.socket.terminate();
    await stopped;
    expect(server.reported.at(-1)).toMatchObject({ kind: 'close', service: 'speak', status: 1006 });
  });

  it('closes with 1011 when it errors', async () => {
    const backend: Backend = { ...scripted({}), speak: () => throwError(() => new Error('hoarse')) };
    const { client } = await speak(backend);
    client.send(say('Hi'), flush);
    expect((await client.closed).code).toBe(1011);
  });
});
