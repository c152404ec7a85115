import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exhaustMap, lastValueFrom, of, takeWhile, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Speak } from '../../operators/events.ts';
import { WireError } from '../../src/errors.ts';
import { aura } from '../../src/tts/aura.ts';
import { last, said, speech, spent } from './drawnAura.ts';

/** Aura by hand, on loopback, with plain `ws`: each flush is answered with the same two samples. */
class VoiceServer {
  readonly upgrades: IncomingMessage[] = [];
  readonly received: unknown[] = [];
  readonly closed: Promise<unknown>;
  readonly http: Server = createServer();

  constructor() {
    const sockets = new WebSocketServer({ server: this.http });
    this.closed = once(sockets, 'connection').then(([socket]) => once(socket as WebSocket & NodeJS.EventEmitter, 'close'));
    sockets.on('connection', (socket, request) => {
      this.upgrades.push(request);
      socket.send('{"type":"Metadata","request_id":"id-1"}');
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string };
        this.received.push(message);
        if (message.type !== 'Flush') return;
        socket.send(Buffer.of(1, 2, 3));
        socket.send(Buffer.of(4));
        socket.send('{"type":"Flushed","sequence_id":0}');
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }
}

let server: VoiceServer;
beforeEach(async () => {
  server = new VoiceServer();
  server.http.listen(0, '127.0.0.1');
  await once(server.http, 'listening');
});
afterEach(() => server.http.close());

const sayOne = exhaustMap((speak: Speak) => of(said.a).pipe(speak({ settled: of(true) })));

describe('aura, over a socket', () => {
  it('uses its voice, rate and key, and closes when it is unsubscribed', async () => {
    const options = { voice: 'aura-2-zeus-en', sampleRateHz: 1000, speed: 1.2, mipOptOut: true };
    const call = aura({ apiKey: 'the-key', baseUrl: server.url, ...options });

    const result = await lastValueFrom(
      call.pipe(
        sayOne,
        takeWhile((event) => !('last' in event), true),
        toArray(),
      ),
    );
    await server.closed;

    expect(result).toEqual([spent(4), speech(Uint8Array.of(1, 2), 'One. '), speech(Uint8Array.of(3, 4), 'One. '), last('One. ')]);
    expect(server.received).toEqual([{ type: 'Speak', text: 'one ' }, { type: 'Flush' }]);
    expect(server.upgrades.map(({ url, headers }) => [url?.split('?')[0], headers.authorization])).toEqual([
      ['/v1/speak', 'Token the-key'],
    ]);
    const query = new URL(server.upgrades[0]!.url!, server.url).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      model: 'aura-2-zeus-en',
      encoding: 'linear16',
      sample_rate: '1000',
      speed: '1.2',
      mip_opt_out: 'true',
    });
  });

  it('requests the voice and the rate of the guide, and nothing else', async () => {
    const call = aura({ apiKey: 'the-key', baseUrl: server.url });

    await lastValueFrom(
      call.pipe(
        sayOne,
        takeWhile((event) => !('last' in event)),
      ),
    );

    const query = new URL(server.upgrades[0]!.url!, server.url).searchParams;
    expect(Object.fromEntries(query)).toEqual({ model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: '16000' });
  });

  it('errors when the key is refused', async () => {
    const refusing = createServer();
    refusing.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const baseUrl = `ws://127.0.0.1:${(refusing.address() as AddressInfo).port}`;

    const error: unknown = await lastValueFrom(aura({ apiKey: 'the-key', baseUrl })).catch((reason: unknown) => reason);
    refusing.close();

    expect(error).toBeInstanceOf(WireError);
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, retryable: false });
  });
});
