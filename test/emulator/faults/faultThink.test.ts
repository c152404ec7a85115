import { catchError, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ModelError } from '../../../src/errors.ts';
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import { scriptedThink } from '../../../src/emulator/scenario/index.ts';
import { simulate } from '../../../src/testing/simulate.ts';
import { marbles } from '../../withMarbles.ts';
import { turnRow } from '../server/client.ts';

/** Without faults `----a-b-(c|)`. */
const thinking = (...faults: Fault[]) =>
  scriptedThink({ model: { firstTokenMs: 4, tokenMs: 2, replies: ['One two three.'] }, faults });
const ask = [{ role: 'user', content: 'hi' }];
const three = { a: 'One', b: ' two', c: ' three.' };
const error = (message: string) => ({ name: 'ModelError', message });

const drawn: readonly [title: string, fault: Fault, expected: string, error?: object][] = [
  ['B6.5 stalls before the first token', { service: 'chat', kind: 'stall' }, '----------'],
  ['B6.5 stalls after a token', { service: 'chat', kind: 'stall', afterMessages: 1 }, '----a-----'],
  ['B6.5 stalls for a while', { service: 'chat', kind: 'stall', afterMessages: 1, forMs: 5 }, '----a----(bc|)'],
  ['B6.5 does not stall after its end', { service: 'chat', kind: 'stall', afterMessages: 4 }, '----a-b-(c|)'],
  ['B6.5 does not stall if its time is after the end', { service: 'chat', kind: 'stall', afterMs: 10 }, '----a-b-(c|)'],
  ['B6.5 delays the first token', { service: 'chat', kind: 'slow', ms: 3 }, '-------a-b-(c|)'],
  ['B6.5 has latency', { service: 'chat', kind: 'latency', ms: 3 }, '-------a-b-(c|)'],
  [
    'B6.5 ends early',
    { service: 'chat', kind: 'end', afterMessages: 2 },
    '----a-(b#)',
    error('The answer ended before the model had finished.'),
  ],
  [
    'B6.5 resets',
    { service: 'chat', kind: 'drop', afterMs: 5 },
    '----a#',
    error('The connection to the model was lost: ECONNRESET.'),
  ],
  [
    'B6.5 sends an error in the middle',
    { service: 'chat', kind: 'error', afterMessages: 1, message: 'Overloaded.' },
    '----(a#)',
    error('The model failed in the middle of the answer: Overloaded.'),
  ],
  [
    'B6.5 sends a message that is not JSON',
    { service: 'chat', kind: 'malformed', afterMessages: 1 },
    '----(a#)',
    error('The model sent something that is not JSON.'),
  ],
  ['B6.5 stops at its length', { service: 'chat', kind: 'finish', reason: 'length', afterMessages: 2 }, '----a-(b|)'],
  [
    'B6.5 is stopped by a filter',
    { service: 'chat', kind: 'finish', reason: 'content_filter', afterMessages: 1 },
    '----(a#)',
    error('The answer was stopped by a content filter.'),
  ],
  ['B6.5 refuses to answer', { service: 'chat', kind: 'finish', reason: 'refusal' }, '#', error('The model refused to answer.')],
  [
    'B6.5 wants a tool',
    { service: 'chat', kind: 'finish', reason: 'tool_calls' },
    '#',
    error('The model called a tool, but the request offered none.'),
  ],
  ['B6.5 sends an unknown message', { service: 'chat', kind: 'unknown', afterMessages: 1 }, '----a-b-(c|)'],
  ['B6.5 ignores faults of bytes', { service: 'chat', kind: 'crlf' }, '----a-b-(c|)'],
];

describe('a model with a fault, in virtual time', () => {
  it.each(drawn.map(([title, ...rest]) => [title, rest] as const))('%s', (_, [fault, expected, error]) => {
    marbles((m) => {
      m.expect(thinking(fault)(ask)).toBeObservable(expected, three, error);
    })();
  });

  it.each([
    [401, 'unauthorized', false],
    [429, 'busy', true],
    [503, 'failed', true],
  ])('B6.5 refuses with %i', (status, code, retryable) => {
    marbles((m) => {
      const reported = thinking({ service: 'chat', kind: 'refuse', status })(ask).pipe(
        catchError((error: unknown) => {
          const { code, retryable } = error as ModelError;
          return of({ code, retryable });
        }),
      );
      m.expect(reported).toBeObservable('----(e|)', { e: { code, retryable } });
    })();
  });

  it(
    'B6.5 refuses `times` times, then answers',
    marbles((m) => {
      const think = thinking({ service: 'chat', kind: 'refuse', status: 503, times: 2 });
      const refused = error('The model refused the request (503).');
      m.expect(think(ask)).toBeObservable('----#', undefined, refused);
      m.expect(think(ask)).toBeObservable('----#', undefined, refused);
      m.expect(think(ask)).toBeObservable('----a-b-(c|)', three);
    }),
  );

  it(
    'strikes only its request',
    marbles((m) => {
      const think = thinking({ service: 'chat', kind: 'stall', connection: 1 });
      m.expect(think(ask)).toBeObservable('----a-b-(c|)', three);
      m.expect(think(ask)).toBeObservable('-');
      m.expect(think(ask)).toBeObservable('----a-b-(c|)', three);
    }),
  );
});

describe('a simulated call with faults', () => {
  const turn = (at: number, text: string, index: number) => [
    turnRow(at, 'StartOfTurn', text, index),
    turnRow(at + 500, 'EndOfTurn', text, index),
  ];
  const call = { flux: [...turn(500, 'Hello', 0), ...turn(5000, 'And now', 1)], model: { replies: ['One.', 'Two.'] } };
  const said = (...faults: Fault[]) => simulate({ ...call, faults }).history.map(({ content }) => content);

  it('answers both turns without faults', () => {
    expect(said()).toStrictEqual(['Hello', 'One.', 'And now', 'Two.']);
  });

  it('continues after Flux refused a connection, then dropped one', () => {
    const faults: Fault[] = [
      { service: 'listen', kind: 'refuse', status: 503, times: 1 },
      { service: 'listen', kind: 'drop', afterMs: 2000, times: 1 },
    ];
    const { events, history } = simulate({ ...call, faults });
    expect(history.map(({ content }) => content)).toStrictEqual(['Hello', 'One.', 'And now', 'Two.']);
    expect(events.filter(({ type }) => type === 'Reconnected')).toHaveLength(2);
  });

  it('is the same bytes every time, random faults included', () => {
    const faults: Fault[] = [
      { service: 'listen', kind: 'latency', ms: 50, jitterMs: 50, distribution: 'exponential' },
      { service: 'speak', kind: 'latency', ms: 30, jitterMs: 10, distribution: 'normal' },
      { service: 'chat', kind: 'latency', ms: 30, jitterMs: 20 },
    ];
    const reported = (seed: number) => JSON.stringify(simulate({ ...call, faults, seed }).events);
    expect(reported(1)).toBe(reported(1));
    expect(reported(1)).not.toBe(reported(2));
  });

  it('gives up a voice that never sends Flushed, and answers the next turn', () => {
    expect(said({ service: 'speak', kind: 'missing', of: 'Flushed', times: 1 }).slice(-2)).toStrictEqual(['And now', 'Two.']);
  });
});
