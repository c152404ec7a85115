import { concat, concatMap, map, NEVER, switchMap, takeWhile, throwError, timer, type Observable } from 'rxjs';
import { WireError } from '../../src/errors.ts';
import { deepgram, type DeepgramEndpoint } from '../../src/wire/deepgram.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';
import { inVirtualTime, wireContract } from '../contract/wire.ts';
import { Server, type Call } from './testServer.ts';

let server: Server;
const setup = async (far: Partial<DeepgramEndpoint> & Pick<DeepgramEndpoint, 'service'>, onCall: (call: Call) => void) => {
  server = await new Server().start();
  server.onCall = onCall;
  const wire = (more: Partial<DeepgramEndpoint> = {}) =>
    deepgram({ apiKey: 'k', baseUrl: server.url, args: {}, ...far, ...more });
  return { wire: wire(), broken: wire({ baseUrl: 'ws://127.0.0.1:1' }) };
};
const teardown = () => server.stop();

wireContract(
  'the socket to Flux',
  async () => ({
    ...(await setup({ service: 'listen.v2' }, ({ socket }) => {
      socket.send('{"type":"Connected","request_id":"r","sequence_id":0}');
      socket.on('message', (data: Buffer) => {
        if (data.includes('ForceEndTurn')) socket.send('{"type":"Warning","code":"FORCE_END_TURN_NO_ACTIVE_TURN"}');
        if (data.includes('CloseStream')) socket.close();
      });
    })),
    question: [new Uint8Array(2560), '{"type":"ForceEndTurn"}'],
    isAnswer: (frame) => typeof frame === 'string' && frame.includes('"Warning"'),
    goodbye: '{"type":"CloseStream"}',
  }),
  { teardown },
);

wireContract(
  'the socket to Aura',
  async () => ({
    ...(await setup({ service: 'speak.v1' }, ({ socket }) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('Flush')) {
          socket.send(new Uint8Array(960));
          socket.send('{"type":"Flushed","sequence_id":0}');
        }
        if (data.includes('Close')) socket.close(1000);
      });
    })),
    question: ['{"type":"Speak","text":"Hello."}', '{"type":"Flush"}'],
    isAnswer: (frame) => typeof frame === 'string' && frame.includes('"Flushed"'),
    goodbye: '{"type":"Close"}',
  }),
  { teardown },
);

/** The smallest wire there is: opens after 10 ms, answers after 5, closes when asked to. */
const echo: Wire = (frames) => timer(10).pipe(switchMap(() => answers(frames)));
const answers = (frames: Observable<Frame>): Observable<Frame> =>
  concat(frames, NEVER).pipe(
    concatMap((frame) => timer(5).pipe(map(() => (frame === 'bye' ? 'bye' : `you said ${String(frame)}`)))),
    takeWhile((answer) => answer !== 'bye'),
  );
const broken: Wire = () =>
  timer(10).pipe(switchMap(() => throwError(() => new WireError('closed', 'It broke.', { retryable: true }))));

wireContract(
  'a wire of observables',
  () => ({ wire: echo, broken, question: ['hello'], isAnswer: (frame) => frame === 'you said hello', goodbye: 'bye' }),
  { run: inVirtualTime },
);
