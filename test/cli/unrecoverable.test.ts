import { describe, expect, it } from 'vitest';
import { catchError, of } from 'rxjs';
import type { AgentEvent, Failure } from '../../operators/events.ts';
import { endIfUnrecoverable, explained } from '../../src/cli/unrecoverable.ts';
import { marbles } from '../withMarbles.ts';

const places = { deepgram: 'wss://d', model: 'https://m/v1' };
const failure = (stage: Failure['stage'], code: string, recovered = true): AgentEvent => ({
  type: 'Failure',
  stage,
  code,
  message: `${code}.`,
  recovered,
  id: 1,
  at: 0,
});
const events = {
  k: failure('think', 'unauthorized'),
  v: failure('speak', 'forbidden'),
  u: failure('think', 'unreachable'),
  w: failure('speak', 'unreachable'),
  i: failure('speak', 'invalid'),
  K: failure('think', 'unauthorized', false),
  V: failure('speak', 'forbidden', false),
  I: failure('speak', 'invalid', false),
  U: failure('think', 'unreachable', false),
  W: failure('speak', 'unreachable', false),
  n: failure('listen', 'unreachable'),
  N: failure('listen', 'unreachable', false),
  c: { type: 'Connected', requestId: 'r', id: 1, at: 0 },
  b: failure('think', 'busy'),
  l: failure('listen', 'unauthorized', false),
  t: { type: 'Token', reply: 1, text: 'a', id: 1, at: 0 },
  a: { type: 'AudioStarted', reply: 1, id: 1, at: 0 },
} satisfies Record<string, AgentEvent>;
const said = { catch: catchError((error: unknown) => of(String(error))) };

describe('endIfUnrecoverable', () => {
  it(
    'ends the call if a key is refused',
    marbles((m) => {
      const call = m.hot('    -t-k--t-', events);
      const callSubs = '      ^--!    ';
      const expected = '      -t-(Kx|)';

      m.expect(call.pipe(endIfUnrecoverable(places), said.catch)).toBeObservable(expected, {
        ...events,
        x: 'CommandError: unauthorized (OPENAI_API_KEY).',
      });
      m.expect(call).toHaveSubscriptions(callSubs);
    }),
  );

  it(
    'ends the call if a voice is forbidden',
    marbles((m) => {
      m.expect(m.hot('-v--', events).pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-(Vx|)', {
        ...events,
        x: 'CommandError: forbidden.',
      });
    }),
  );

  it(
    'ends the call if the service refuses a setting',
    marbles((m) => {
      m.expect(m.hot('-i--', events).pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-(Ix|)', {
        ...events,
        x: 'CommandError: invalid.',
      });
    }),
  );

  it(
    'ends the call if a service was never reached, and names its address',
    marbles((m) => {
      const [think, speak] = [m.hot('-uu-', events), m.hot('-ww-', events)];
      m.expect(think.pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-u(Ux|)', {
        ...events,
        x: 'CommandError: unreachable (https://m/v1).',
      });
      m.expect(speak.pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-w(Wx|)', {
        ...events,
        x: 'CommandError: unreachable (wss://d).',
      });
    }),
  );

  it(
    'lets Flux reconnect only if it was connected before',
    marbles((m) => {
      m.expect(m.hot('-c-n-n-n-|', events).pipe(endIfUnrecoverable(places))).toBeObservable('-c-n-n-n-|', events);
      m.expect(m.hot('-n-n-n-', events).pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-n-(Nx|)', {
        ...events,
        x: 'CommandError: unreachable (wss://d).',
      });
    }),
  );

  it(
    'retries the voice if Flux at the same address was connected, but not after a refused setting',
    marbles((m) => {
      m.expect(m.hot('-c-w-w-w-|', events).pipe(endIfUnrecoverable(places))).toBeObservable('-c-w-w-w-|', events);
      m.expect(m.hot('-c-i-', events).pipe(endIfUnrecoverable(places), said.catch)).toBeObservable('-c-(Ix|)', {
        ...events,
        x: 'CommandError: invalid.',
      });
    }),
  );

  it(
    'accepts a service that is reached at the second try',
    marbles((m) => {
      m.expect(m.hot('-u-w-t-a-|', events).pipe(endIfUnrecoverable(places))).toBeObservable('-u-w-t-a-|', events);
    }),
  );

  it(
    'leaves the failure of a service that has worked to the agent',
    marbles((m) => {
      m.expect(m.hot('-t-u-a-w-i|', events).pipe(endIfUnrecoverable(places))).toBeObservable('-t-u-a-w-i|', events);
    }),
  );

  it(
    'leaves a failure that may pass, and one that ends the call by itself, to the agent',
    marbles((m) => {
      m.expect(m.hot('-b-l-|', events).pipe(endIfUnrecoverable(places))).toBeObservable('-b-l-|', events);
    }),
  );

  it(
    'is empty, silent, and unsubscribed from like its source',
    marbles((m) => {
      m.expect(m.hot('|').pipe(endIfUnrecoverable(places))).toBeObservable('|');
      m.expect(m.hot('---').pipe(endIfUnrecoverable(places))).toBeObservable('---');
      m.expect(m.hot('-#').pipe(endIfUnrecoverable(places))).toBeObservable('-#');
      const call = m.hot('-t-t-t-', events);
      m.expect(call.pipe(endIfUnrecoverable(places)), '--^--!').toBeObservable('---t---', events);
      m.expect(call).toHaveSubscriptions('--^--!');
    }),
  );
});

describe('explained', () => {
  it('names the address that was not reached, or that refused', () => {
    const told = (code: string) => explained({ stage: 'listen', code, message: 'No.' }, places);
    expect([told('unreachable'), told('refused'), told('forbidden')]).toStrictEqual(['No (wss://d).', 'No (wss://d).', 'No.']);
  });

  it('names the variable of a refused key once', () => {
    const told = (stage: Failure['stage'], message: string) => explained({ stage, code: 'unauthorized', message }, places);
    expect(told('listen', 'Refused. Is DEEPGRAM_API_KEY set?')).toBe('Refused. Is DEEPGRAM_API_KEY set?');
    expect(told('speak', 'Refused.')).toBe('Refused (DEEPGRAM_API_KEY).');
    expect(told('think', 'Refused\nso.')).toBe('Refused so (OPENAI_API_KEY).');
  });
});
