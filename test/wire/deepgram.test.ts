import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { concat, from, interval, lastValueFrom, map, NEVER, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireError } from '../../src/errors.ts';
import { deepgram, type DeepgramEndpoint } from '../../src/wire/deepgram.ts';
import type { Frame } from '../../src/wire/wire.ts';
import { Server } from './testServer.ts';

let server: Server;
beforeEach(async () => {
  server = await new Server().start();
});
afterEach(() => server.stop());

const key = 'a-key-that-nobody-may-see';
const wire = (more: Partial<DeepgramEndpoint> = {}) =>
  deepgram({ service: 'listen.v2', apiKey: key, baseUrl: server.url, args: {}, ...more });
const all = (frames: Observable<Frame>) => lastValueFrom(frames.pipe(toArray()));
/** How it failed, as plain values. */
const failure = async (frames: Observable<Frame>) => {
  const error = await all(frames).then(
    () => undefined,
    (thrown: unknown) => thrown as WireError,
  );
  if (!error) return undefined;
  const { name, message, code, status, closeCode, requestId, retryable } = error;
  return { name, message, code, status, closeCode, requestId, retryable };
};

const closeStream = '{"type":"CloseStream"}';

describe('the socket to Deepgram', () => {
  it('lets the SDK make URL, query and authentication', async () => {
    server.onCall = ({ socket }) => socket.close();
    const args = { model: 'flux-general-en', encoding: 'linear16', sample_rate: 16000, eager_eot_threshold: 0.4, numerals: true };
    await failure(NEVER.pipe(wire({ args: { ...args, keyterm: ['Ledger line', 'Okonkwo'], tag: undefined } })));

    const [{ url, headers }] = server.upgrades as [Server['upgrades'][number]];
    expect(url.pathname + url.search).toBe(
      '/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000&eager_eot_threshold=0.4&numerals=true&keyterm=Ledger%20line&keyterm=Okonkwo',
    );
    expect(headers).toMatchObject({
      authorization: `Token ${key}`,
      'user-agent': expect.stringMatching(/^@deepgram\/sdk\/5\./) as string,
    });
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  it('connects to Aura too, and accepts an http address', async () => {
    server.onCall = ({ socket }) => socket.close();
    const args = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 24000 };
    await failure(NEVER.pipe(wire({ service: 'speak.v1', baseUrl: `${server.url.replace('ws:', 'http:')}/`, args })));

    const [{ url, headers }] = server.upgrades as [Server['upgrades'][number]];
    expect(url.pathname + url.search).toBe('/v1/speak?model=aura-2-phoebe-en&encoding=linear16&sample_rate=24000');
    expect(headers).toMatchObject({
      authorization: `Token ${key}`,
      'user-agent': expect.stringMatching(/^@deepgram\/sdk\/5\./) as string,
    });
  });

  it('sends and receives text and bytes in order', async () => {
    server.onCall = ({ socket, received }) => {
      for (const byte of [1, 2, 3]) socket.send(new Uint8Array([byte, byte]));
      socket.send('text');
      socket.send(new Uint8Array([4]));
      socket.on('message', (data: Buffer) => {
        if (!data.includes('CloseStream')) return;
        socket.send(received.map((frame) => (typeof frame === 'string' ? frame : frame.toString('hex'))).join(' '));
        socket.close();
      });
    };
    const sending = concat(from(['one', new Uint8Array([0xaa]), 'two', new Uint8Array([0xbb, 0xcc]), closeStream]), NEVER);

    const frames = await all(sending.pipe(wire()));
    expect(frames.map((frame) => (typeof frame === 'string' ? frame : [...frame]))).toStrictEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      'text',
      [4],
      `one aa two bbcc ${closeStream}`,
    ]);
  });

  it('pings while it is open', async () => {
    const called = server.nextCall();
    const listening = NEVER.pipe(wire({ pingMs: 5 })).subscribe();
    const { socket } = await called;

    await once(socket, 'ping');
    await once(socket, 'ping');
    listening.unsubscribe();
    expect(await server.calls[0]!.closed).toBe(1000);
  });
});

describe('a refused upgrade', () => {
  const refusals = [
    [
      400,
      '{"code":"INVALID_PARAMETER","description":"language_hint needs flux-general-multi"}',
      'invalid',
      false,
      'Deepgram refused the connection (400): language_hint needs flux-general-multi.',
    ],
    [
      401,
      '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"r-2"}',
      'unauthorized',
      false,
      'Deepgram refused the key (401): Invalid credentials. Check DEEPGRAM_API_KEY (the option apiKey).',
    ],
    [
      402,
      '{"err_code":"ASR_PAYMENT_REQUIRED","err_msg":"No credit","request_id":"r-2"}',
      'payment',
      false,
      'Deepgram refused the connection (402): No credit. Check the credit of the project.',
    ],
    [
      403,
      '{"err_code":"INSUFFICIENT_PERMISSIONS","err_msg":"Not yours","request_id":"r-2"}',
      'forbidden',
      false,
      'Deepgram refused the connection (403): Not yours. Check the name of the model, and whether this key may use it.',
    ],
    [
      404,
      '<html>Not Found</html>',
      'refused',
      false,
      'Deepgram refused the connection (404). Check the address: Flux is expected at /v2/listen below it, Aura at /v1/speak.',
    ],
    [
      429,
      '{"err_code":"TOO_MANY_REQUESTS","err_msg":"Too many","request_id":"r-2"}',
      'busy',
      true,
      'Deepgram refused the connection (429): Too many. Too many connections are open at once.',
    ],
    [503, '', 'refused', true, 'Deepgram refused the connection (503).'],
  ] as const;

  it.each(refusals)('with %i reports the reason', async (status, body, code, retryable, message) => {
    server.onUpgrade = () => ({ status, body, headers: { 'dg-request-id': 'r-2' } });

    const expected = { name: 'WireError', code, retryable, status, closeCode: undefined, requestId: 'r-2', message };
    expect(await failure(NEVER.pipe(wire()))).toStrictEqual(expected);
  });

  it('quotes the header dg-error when the body has no reason', async () => {
    server.onUpgrade = () => ({ status: 400, headers: { 'dg-error': 'Bad model' } });

    expect(await failure(NEVER.pipe(wire()))).toMatchObject({ message: 'Deepgram refused the connection (400): Bad model.' });
  });

  it('is reported even if its body never ends', async () => {
    server.onUpgrade = () => ({ status: 503, headers: { 'content-length': '1000' }, body: '', open: true });

    expect(await failure(NEVER.pipe(wire()))).toMatchObject({ code: 'refused', status: 503 });
  });

  it('never shows the key', async () => {
    server.onUpgrade = () => ({
      status: 401,
      body: JSON.stringify({ err_msg: `no such key: ${key}` }),
      headers: { 'dg-error': key },
    });

    const error = await failure(NEVER.pipe(wire()));
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(JSON.stringify(error)).not.toContain(key);
  });

  it('is not retried', async () => {
    server.onUpgrade = () => ({ status: 503 });
    await failure(NEVER.pipe(wire()));

    expect(server.upgrades).toHaveLength(1);
  });
});

describe('a connection that cannot be opened', () => {
  it('is unreachable when nobody listens', async () => {
    const error = await failure(NEVER.pipe(wire({ baseUrl: 'ws://127.0.0.1:1' })));

    expect(error).toMatchObject({ name: 'WireError', code: 'unreachable', retryable: true });
    expect(error?.message).toMatch(/^No connection to Deepgram: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/);
  });

  it('is unreachable when the server closes the socket', async () => {
    server.onUpgrade = (request) => {
      request.socket.destroy();
      return 'ignore';
    };

    expect(await failure(NEVER.pipe(wire()))).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('is invalid with an invalid address', async () => {
    const message = 'The option baseUrl is not the address of a WebSocket (wss://… or https://…).';
    expect(await failure(NEVER.pipe(wire({ baseUrl: 'nowhere at all' })))).toMatchObject({
      code: 'invalid',
      retryable: false,
      message,
    });
  });

  it('is invalid with a key that cannot be sent', async () => {
    const message = 'The key or another option contains characters that cannot be sent.';
    expect(await failure(NEVER.pipe(wire({ apiKey: 'a\nb' })))).toMatchObject({ code: 'invalid', retryable: false, message });
  });
});

describe('a close', () => {
  it.each([1000, undefined])('with %s after our CloseStream completes', async (code) => {
    server.onCall = ({ socket }) => socket.on('message', () => socket.close(code));

    await expect(all(concat([closeStream], NEVER).pipe(wire()))).resolves.toStrictEqual([]);
  });

  it.each([1000, undefined])('with %s after our Close completes', async (code) => {
    server.onCall = ({ socket }) => socket.on('message', () => socket.close(code));

    await expect(all(concat(['{ "type": "Close" }'], NEVER).pipe(wire({ service: 'speak.v1' })))).resolves.toStrictEqual([]);
  });

  it('with 1011 after our CloseStream is an error', async () => {
    server.onCall = ({ socket }) => socket.on('message', () => socket.close(1011));

    expect(await failure(concat([closeStream], NEVER).pipe(wire()))).toMatchObject({ code: 'closed', closeCode: 1011 });
  });

  const closes = [
    [1000, '', true, 'Deepgram closed the connection (1000).'],
    [1002, '', false, 'Deepgram closed the connection (1002).'],
    [1003, '', false, 'Deepgram closed the connection (1003).'],
    [1005, '', true, 'Deepgram closed the connection (without a code).'],
    [1007, '', false, 'Deepgram closed the connection (1007).'],
    [1008, 'DATA-0000', false, 'Deepgram closed the connection (1008, DATA-0000).'],
    [1011, 'NET-0001', true, 'Deepgram closed the connection (1011, NET-0001).'],
    [1012, '', true, 'Deepgram closed the connection (1012).'],
    [1013, '', true, 'Deepgram closed the connection (1013).'],
  ] as const;

  it.each(closes)('with an unexpected %i is an error', async (closeCode, reason, retryable, message) => {
    server.onCall = ({ socket }) => (closeCode === 1005 ? socket.close() : socket.close(closeCode, reason));

    const expected = { name: 'WireError', code: 'closed', retryable, status: undefined, closeCode, requestId: 'r-1', message };
    expect(await failure(NEVER.pipe(wire()))).toStrictEqual(expected);
  });

  it('without a close frame is an error', async () => {
    server.onCall = ({ socket }) => socket.terminate();

    const message = 'The connection to Deepgram was lost (1006).';
    expect(await failure(NEVER.pipe(wire()))).toMatchObject({
      code: 'closed',
      closeCode: 1006,
      retryable: true,
      requestId: 'r-1',
      message,
    });
  });

  it('is not answered by a new connection', async () => {
    server.onCall = ({ socket }) => socket.close(1011);
    await failure(NEVER.pipe(wire()));

    expect(server.upgrades).toHaveLength(1);
  });
});

describe('a service that accepts no more data', () => {
  const audio = interval(0).pipe(map(() => new Uint8Array(64 * 1024)));
  const stall = () => {
    server.onUpgrade = (request) => {
      request.socket.pause();
      return undefined;
    };
  };

  it('is an error before the buffer exceeds the limit', async () => {
    stall();
    const error = await failure(audio.pipe(wire()));

    expect(error).toMatchObject({ name: 'WireError', code: 'stalled', retryable: true });
    const waiting = Number(/(\d+) bytes/.exec(error?.message ?? '')?.[1]);
    expect(waiting).toBeGreaterThan(128 * 1024);
    expect(waiting).toBeLessThanOrEqual(256 * 1024);
  });

  it('still accepts one frame larger than the limit', async () => {
    server.onCall = ({ socket }) =>
      socket.on('message', (data: Buffer) => (data.length > 100 ? socket.send(String(data.length)) : socket.close()));
    const frames = await all(concat([new Uint8Array(100_000)], NEVER).pipe(wire({ maxBufferedBytes: 1000 }), take(1)));

    expect(frames).toStrictEqual(['100000']);
  });
});

describe('unsubscribing', () => {
  /** Subscribes and notes whatever comes: nothing may. */
  const listen = (heard: unknown[], more: Partial<DeepgramEndpoint> = {}) =>
    NEVER.pipe(wire(more)).subscribe({
      next: (f) => heard.push(f),
      error: (e: unknown) => heard.push(e),
      complete: () => heard.push('end'),
    });

  it('at once makes no connection', async () => {
    const heard: unknown[] = [];
    listen(heard).unsubscribe();
    server.onCall = ({ socket }) => socket.on('message', () => socket.close());
    await all(concat([closeStream], NEVER).pipe(wire()));

    expect(server.upgrades).toHaveLength(1);
    expect(heard).toStrictEqual([]);
  });

  it('while connecting ends the attempt', async () => {
    const heard: unknown[] = [];
    const asked = new Promise<Duplex>((resolve) => {
      server.onUpgrade = ({ socket }) => {
        resolve(socket.resume());
        return 'ignore';
      };
    });
    const listening = listen(heard);
    const socket = await asked;
    listening.unsubscribe();
    await once(socket, 'end');

    expect(heard).toStrictEqual([]);
  });

  it('while open closes with 1000', async () => {
    const called = server.nextCall();
    const heard: unknown[] = [];
    const listening = listen(heard, { pingMs: 1 });
    const { socket, closed } = await called;
    await once(socket, 'ping'); // the other end knows that it is open
    listening.unsubscribe();

    expect(await closed).toBe(1000);
    expect(heard).toStrictEqual([]);
  });

  it('terminates the socket after 500 ms if the service does not answer', async () => {
    const heard: unknown[] = [];
    const accepted = new Promise<Duplex>((resolve) => {
      server.onUpgrade = (request) => {
        server.accept(request); // and then is deaf
        resolve(request.socket);
        return 'ignore';
      };
    });
    const listening = listen(heard, { pingMs: 1 });
    const socket = await accepted;
    await once(socket, 'data'); // a ping: it is open
    const left = performance.now();
    listening.unsubscribe();
    await once(socket, 'end');

    expect(performance.now() - left).toBeGreaterThan(400);
    expect(performance.now() - left).toBeLessThan(5000);
    expect(heard).toStrictEqual([]);
  });

  it('leaves nothing that keeps a process alive, at any moment', async () => {
    server.onUpgrade = ({ url }) => {
      if (url?.endsWith('refused')) return { status: 503 };
      if (!url?.endsWith('connecting')) return undefined;
      child.send('this is as far as it gets');
      return 'ignore';
    };
    server.onCall = ({ socket }) => socket.send('hello');
    const child = fork('test/wire/leaver.ts', [server.url], { execArgv: ['--import', 'tsx'], stdio: 'ignore' });
    const [left] = (await once(child, 'message')) as [string[]];
    const since = performance.now();
    const [code] = (await once(child, 'exit')) as [number];

    expect({ left: left.sort(), code }).toStrictEqual({ left: ['at once', 'connecting', 'open', 'refused'], code: 0 });
    expect(server.upgrades.map(({ url }) => url.searchParams.get('tag')).sort()).toStrictEqual(['connecting', 'open', 'refused']);
    // The SDK's own timer lasts 10 s, a handshake 10 s, a close without `closeTimeout` 30 s.
    expect(performance.now() - since).toBeLessThan(5000);
  });
});
