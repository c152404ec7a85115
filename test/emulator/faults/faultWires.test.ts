import { catchError, ignoreElements, map, NEVER, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { auraWire, fluxWire, type Scenario } from '../../../src/emulator/scenario/index.ts';
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import type { WireError } from '../../../src/errors.ts';
import type { Frame, Wire } from '../../../src/wire/wire.ts';
import { marbles } from '../../withMarbles.ts';
import { turnRow, type Json } from '../server/client.ts';

const names: Readonly<Record<string, string>> = {
  Connected: 'C',
  StartOfTurn: 's',
  Update: 'u',
  EagerEndOfTurn: 'e',
  TurnResumed: 'r',
  EndOfTurn: 'E',
  Error: 'x',
  Weather: '?',
  Metadata: 'M',
  Flushed: 'F',
  Cleared: 'C',
};
const parsed = (frame: Frame) => JSON.parse(String(frame)) as Json;
/** A frame as a letter: `a` is audio, `%` is not JSON. */
const letter = (frame: Frame): string => {
  if (typeof frame !== 'string') return 'a';
  try {
    const message = parsed(frame);
    return names[String(message['event'] ?? message['type'])] ?? 'other';
  } catch {
    return '%';
  }
};

/** One turn. Without faults it is `C----s----u----e----E`. */
const flux = [
  turnRow(5, 'StartOfTurn', 'book'),
  turnRow(10, 'Update', 'book a'),
  turnRow(15, 'EagerEndOfTurn', 'book a table'),
  turnRow(20, 'EndOfTurn', 'book a table'),
];
const listening = (faults: readonly Fault[], more: Scenario = {}): Wire => fluxWire({ flux, faults, reconnectMs: 4, ...more });
const lost = (code: number, why = '') => ({
  name: 'WireError',
  message: `The service closed the connection (${code}${why}).`,
});
type Drawn = readonly [title: string, fault: Fault, expected: string, error?: { name: string; message: string }];
const named = ([title, ...drawn]: Drawn) => [title, drawn] as const;

const ofFlux: readonly Drawn[] = [
  ['§11.10 is silent after the upgrade', { service: 'listen', kind: 'stall' }, '-----------------------'],
  [
    '§11.10 stalls in the middle of a turn',
    { service: 'listen', kind: 'stall', after: 'StartOfTurn' },
    'C----s-----------------',
  ],
  [
    '§11.10 stalls for a while, then sends everything',
    { service: 'listen', kind: 'stall', after: 'StartOfTurn', afterMs: 1, forMs: 10 },
    'C----s----------(ue)E',
  ],
  ['§11.10 drops TCP at once', { service: 'listen', kind: 'drop' }, '#', lost(1006)],
  ['§11.10 drops TCP after a time', { service: 'listen', kind: 'drop', afterMs: 7 }, 'C----s-#', lost(1006)],
  ['§11.10 drops TCP at the nth message', { service: 'listen', kind: 'drop', afterMessages: 2 }, 'C----(s#)', lost(1006)],
  [
    '§11.10 drops TCP some time after a message of a name',
    { service: 'listen', kind: 'drop', after: 'Update', afterMs: 2 },
    'C----s----u-#',
    lost(1006),
  ],
  ['§11.10 closes with 1011', { service: 'listen', kind: 'close', afterMs: 6 }, 'C----s#', lost(1011)],
  ['§11.10 closes with 1006', { service: 'listen', kind: 'close', code: 1006, afterMs: 6 }, 'C----s#', lost(1006)],
  ['§11.10 closes without a code', { service: 'listen', kind: 'close', code: 1005, afterMs: 6 }, 'C----s#', lost(1005)],
  [
    '§11.10 closes with a reason',
    { service: 'listen', kind: 'close', code: 1008, reason: 'DATA-0000 no', afterMs: 6 },
    'C----s#',
    lost(1008, ': DATA-0000 no'),
  ],
  ['§11.10 sends Error and closes without a code', { service: 'listen', kind: 'error', afterMs: 7 }, 'C----s-(x#)', lost(1005)],
  ['§11.10 sends a message that is not JSON', { service: 'listen', kind: 'malformed', after: 'Update' }, 'C----s----(u%)-e----E'],
  ['§11.10 sends an unknown message', { service: 'listen', kind: 'unknown', afterMessages: 1 }, '(C?)-s----u----e----E'],
  ['§11.10 sends StartOfTurn twice', { service: 'listen', kind: 'duplicate', of: 'StartOfTurn' }, 'C----(ss)-u----e----E'],
  ['§11.10 sends Update without StartOfTurn', { service: 'listen', kind: 'missing', of: 'StartOfTurn' }, 'C---------u----e----E'],
  [
    '§11.10 sends EndOfTurn without EagerEndOfTurn',
    { service: 'listen', kind: 'missing', of: 'EagerEndOfTurn' },
    'C----s----u---------E',
  ],
  ['§11.10 delays Connected, and the rest with it', { service: 'listen', kind: 'slow', ms: 6 }, '------(Cs)u----e----E'],
  ['§11.10 has latency', { service: 'listen', kind: 'latency', ms: 2 }, '--C----s----u----e----E'],
  ['§11.10 delays one message', { service: 'listen', kind: 'late', of: 'Update', ms: 7 }, 'C----s---------e-u--E'],
  ['a fault of another service', { service: 'speak', kind: 'drop' }, 'C----s----u----e----E'],
  ['a place that is never reached', { service: 'listen', kind: 'drop', after: 'TurnResumed' }, 'C----s----u----e----E'],
];

describe('Flux with a fault, in virtual time', () => {
  it.each(ofFlux.map(named))('%s', (_, [fault, expected, error]) => {
    marbles((m) => {
      m.expect(NEVER.pipe(listening([fault]), map(letter))).toBeObservable(expected, undefined, error);
    })();
  });

  it(
    '§11.10 leaves out trigger and the times of words',
    marbles((m) => {
      const faults: Fault[] = [
        { service: 'listen', kind: 'missing', of: 'EndOfTurn', field: 'trigger' },
        { service: 'listen', kind: 'missing', of: 'Update', field: 'words.start' },
      ];
      const said = new Map<unknown, Json>();
      NEVER.pipe(listening(faults), map(parsed)).subscribe((message) => said.set(message['event'], message));
      m.flush();
      expect(said.get('EndOfTurn')).not.toHaveProperty('trigger');
      expect(said.get('EndOfTurn')).toHaveProperty('words.0.start');
      expect((said.get('Update')!['words'] as Json[]).map((word) => Object.keys(word))).toStrictEqual([
        ['word', 'confidence', 'end'],
        ['word', 'confidence', 'end'],
      ]);
    }),
  );

  it(
    '§11.10 numbers its Error like the other messages, with the code and message of the fault',
    marbles((m) => {
      const said: Json[] = [];
      const fault: Fault = { service: 'listen', kind: 'error', after: 'Update', code: 'X', message: 'why not' };
      NEVER.pipe(listening([fault]), map(parsed)).subscribe({ next: (message) => said.push(message), error: () => undefined });
      m.flush();
      expect(said.at(-1)).toStrictEqual({ type: 'Error', sequence_id: 3, code: 'X', description: 'why not' });
    }),
  );

  it.each([
    [401, 'unauthorized', false],
    [402, 'payment', false],
    [403, 'forbidden', false],
    [429, 'busy', true],
    [503, 'refused', true],
  ])('§11.10 refuses with %i', (status, code, retryable) => {
    marbles((m) => {
      const reported = NEVER.pipe(listening([{ service: 'listen', kind: 'refuse', status }]), map(letter), toError);
      m.expect(reported).toBeObservable('(e|)', { e: { code, status, retryable } });
    })();
  });

  it(
    'strikes only its connection',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'missing', of: 'StartOfTurn', connection: 1 }]);
      m.expect(NEVER.pipe(wire, map(letter)), '^-----!            ').toBeObservable('C----s');
      m.expect(NEVER.pipe(wire, map(letter)), '------^-----!      ').toBeObservable('------C----');
      m.expect(NEVER.pipe(wire, map(letter)), '------------^-----!').toBeObservable('------------C----s');
    }),
  );

  it(
    'strikes `times` times over all connections',
    marbles((m) => {
      const flux = ['a', 'b', 'c'].map((word, at) => turnRow(at + 1, 'Update', word));
      const wire = listening([{ service: 'listen', kind: 'missing', of: 'Update', times: 4 }], { flux });
      m.expect(NEVER.pipe(wire, map(letter)), '^----!     ').toBeObservable('C----');
      m.expect(NEVER.pipe(wire, map(letter)), '-----^----!').toBeObservable('-----C-uu-');
    }),
  );

  it(
    'ends as many connections as `times`',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'close', after: 'Connected', times: 2 }], { flux: [] });
      m.expect(NEVER.pipe(wire, map(letter))).toBeObservable('(C#)', undefined, lost(1011));
      m.expect(NEVER.pipe(wire, map(letter)), '-^').toBeObservable('----(C#)', undefined, lost(1011));
      m.expect(NEVER.pipe(wire, map(letter)), '-----^').toBeObservable('--------C');
    }),
  );

  it(
    'continues with the remaining rows after a fault ended the connection',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'drop', after: 'Update', times: 1 }]);
      const first = '  C----s----(u#)';
      const second = ' --------------Ce----E';

      m.expect(NEVER.pipe(wire, map(letter))).toBeObservable(first, undefined, lost(1006));
      m.expect(NEVER.pipe(wire, map(letter)), '-----------^').toBeObservable(second);
    }),
  );

  it(
    'continues after a refusal at the row of that time',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'refuse', status: 503, times: 1 }]);
      const refused = { name: 'WireError', message: 'The service refused the connection (503): A fault says so.' };

      m.expect(NEVER.pipe(wire, map(letter))).toBeObservable('#', undefined, refused);
      m.expect(NEVER.pipe(wire, map(letter)), '-^').toBeObservable('----Cs----u----e----E');
    }),
  );

  it(
    'starts at the first row after a refusal, if the call before it was closed',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'refuse', status: 401, connection: 1 }]);
      const closing = m.cold('-------X', { X: '{"type":"CloseStream"}' });
      const refused = {
        name: 'WireError',
        message: 'The service refused the connection (401): Invalid credentials.',
      };

      m.expect(closing.pipe(wire, map(letter))).toBeObservable('C----s-|');
      m.expect(NEVER.pipe(wire, map(letter)), '--------^').toBeObservable('--------#', undefined, refused);
      m.expect(NEVER.pipe(wire, map(letter)), '---------^').toBeObservable('------------Cs----u----e----E');
    }),
  );

  it(
    'reads frames while it is silent',
    marbles((m) => {
      const frames = m.hot('a-a-a-a-a-a-a-', { a: new Uint8Array(2) });
      const framesSubs = '  ^-----------!';
      const wire = listening([{ service: 'listen', kind: 'stall', after: 'StartOfTurn' }]);

      m.expect(frames.pipe(wire, map(letter)), '^-----------!').toBeObservable('C----s--------');
      m.expect(frames).toHaveSubscriptions(framesSubs);
    }),
  );

  it(
    'continues where it fell silent after the client disconnected',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'stall', after: 'StartOfTurn', times: 1 }]);
      m.expect(NEVER.pipe(wire, map(letter)), '^----------!').toBeObservable('C----s');
      m.expect(NEVER.pipe(wire, map(letter)), '-----------^').toBeObservable('-----------(Cu)e----E');
    }),
  );

  it(
    'continues where it paused if the client disconnects meanwhile',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'stall', after: 'StartOfTurn', forMs: 20, times: 1 }]);
      m.expect(NEVER.pipe(wire, map(letter)), '^----------!').toBeObservable('C----s');
      m.expect(NEVER.pipe(wire, map(letter)), '-----------^').toBeObservable('-----------(Cu)e----E');
    }),
  );

  it(
    'starts at the first row after a call that waited for the end of a pause',
    marbles((m) => {
      const wire = listening([{ service: 'listen', kind: 'stall', after: 'StartOfTurn', forMs: 3, times: 1 }]);
      m.expect(NEVER.pipe(wire, map(letter)), '^-----------!').toBeObservable('C----s----u');
      m.expect(NEVER.pipe(wire, map(letter)), '------------^-----!').toBeObservable('------------C----s');
    }),
  );

  it(
    'behaves as the variant in virtual time too',
    marbles((m) => {
      const said = {
        S: '{"type":"Speak","text":"Hi!"}',
        F: '{"type":"Flush"}',
        X: '{"type":"CloseStream"}',
        f: '{"type":"ForceEndTurn"}',
      };
      const early = auraWire({
        speech: { firstAudioMs: 2, msPerChar: 40 },
        faults: [{ service: 'speak', kind: 'variant', sound: 'before Flush' }],
      });
      const old = listening([{ service: 'listen', kind: 'variant', forceEndTurn: 'unknown' }]);

      m.expect(m.cold('S------------F', said).pipe(early, map(letter)), '^-------------------!').toBeObservable('M-a---a---a--F');
      m.expect(m.cold('------f', said).pipe(old, map(letter))).toBeObservable('C----s(x#)', undefined, lost(1005));
    }),
  );

  const jittery = (seed: number, distribution: 'uniform' | 'normal' | 'exponential'): number[] => {
    const at: number[] = [];
    const rows = Array.from({ length: 200 }, (_, k) => turnRow(1000 * (k + 1), 'Update', ''));
    const fault: Fault = { service: 'listen', kind: 'latency', ms: 100, jitterMs: 50, distribution };
    marbles((m) => {
      NEVER.pipe(listening([fault], { flux: rows, seed })).subscribe(() => at.push(m.scheduler.now() % 1000));
      m.flush();
    })();
    return at;
  };

  it('§11.10 delays have the jitter of a distribution, the same for the same seed', () => {
    expect(jittery(1, 'uniform')).toStrictEqual(jittery(1, 'uniform'));
    expect(jittery(1, 'uniform')).not.toStrictEqual(jittery(2, 'uniform'));
    expect(jittery(1, 'uniform').every((ms) => ms >= 50 && ms <= 150)).toBe(true);
    expect(jittery(1, 'exponential').every((ms) => ms >= 100)).toBe(true);
  });

  it.each([
    ['uniform', 100],
    ['normal', 100],
    ['exponential', 150],
  ] as const)('§11.10 has %s latency with a mean of about %i ms', (distribution, mean) => {
    const all = jittery(3, distribution);
    const average = all.reduce((sum, ms) => sum + ms, 0) / all.length;
    expect(all).toHaveLength(201);
    expect(new Set(all).size).toBeGreaterThan(20);
    expect(Math.abs(average - mean)).toBeLessThan(15);
  });

  it('§11.10 messages keep their order, whatever the jitter', () => {
    const order: unknown[] = [];
    const fault: Fault = { service: 'listen', kind: 'latency', ms: 20, jitterMs: 20 };
    marbles((m) => {
      NEVER.pipe(listening([fault]), map(parsed)).subscribe(({ sequence_id }) => order.push(sequence_id));
      m.flush();
    })();
    expect(order).toStrictEqual([0, 1, 2, 3, 4]);
  });

  it('strikes with about its probability, the same for the same seed', () => {
    const rows = Array.from({ length: 400 }, (_, k) => turnRow(k + 1, 'Update', ''));
    const heard = (seed: number): unknown[] => {
      const said: unknown[] = [];
      const fault: Fault = { service: 'listen', kind: 'missing', of: 'Update', probability: 0.25 };
      marbles((m) => {
        NEVER.pipe(listening([fault], { flux: rows, seed }), map(parsed)).subscribe((one) => said.push(one['sequence_id']));
        m.flush();
      })();
      return said;
    };
    expect(heard(7)).toStrictEqual(heard(7));
    expect(heard(7)).not.toStrictEqual(heard(8));
    expect(Math.abs(heard(7).length - 301)).toBeLessThan(40);
  });
});

const spoken = {
  S: '{"type":"Speak","text":"Hi!"}',
  F: '{"type":"Flush"}',
  C: '{"type":"Clear"}',
  X: '{"type":"Close"}',
};
/** Three frames of audio, 4 ms apart, the first 2 ms after the Flush. */
const speaking = (...faults: Fault[]): Wire => auraWire({ speech: { firstAudioMs: 2, msPerChar: 40 }, faults });

/** Without faults `-SF` is answered by `M---a---a---(aF)`. */
const ofAura: readonly Drawn[] = [
  ['A8.8 is silent after the upgrade', { service: 'speak', kind: 'stall' }, '--------------------'],
  ['A8.8 delays the first audio', { service: 'speak', kind: 'slow', ms: 5 }, 'M--------a---a---(aF)'],
  [
    'A8.8 stalls in the middle of a text',
    { service: 'speak', kind: 'stall', after: 'audio', afterMessages: 2 },
    'M---a---a-----------',
  ],
  ['A8.8 drops TCP', { service: 'speak', kind: 'drop', after: 'audio', afterMs: 1 }, 'M---a#', lost(1006)],
  [
    'A8.8 closes with 1008',
    { service: 'speak', kind: 'close', code: 1008, reason: 'DATA-0001', after: 'Metadata' },
    '(M#)',
    lost(1008, ': DATA-0001'),
  ],
  ['A8.8 delays Flushed', { service: 'speak', kind: 'late', of: 'Flushed', ms: 3 }, 'M---a---a---a--F'],
  ['A8.8 sends no Flushed', { service: 'speak', kind: 'missing', of: 'Flushed' }, 'M---a---a---a---'],
  ['A8.8 sends Flushed before the audio', { service: 'speak', kind: 'late', of: 'audio', ms: 9 }, 'M-----------Fa---a---a'],
  ['A8.8 sends no audio', { service: 'speak', kind: 'missing', of: 'audio' }, 'M-----------F'],
  [
    'A8.8 sends a message that is not JSON',
    { service: 'speak', kind: 'malformed', after: 'audio', afterMs: 1 },
    'M---a%--a---(aF)',
  ],
  ['A8.8 sends an unknown message', { service: 'speak', kind: 'unknown', after: 'audio', afterMs: 1 }, 'M---a?--a---(aF)'],
  ['A8.8 has latency', { service: 'speak', kind: 'latency', ms: 3 }, '---M---a---a---(aF)'],
];

describe('Aura with a fault, in virtual time', () => {
  it.each(ofAura.map(named))('%s', (_, [fault, expected, error]) => {
    marbles((m) => {
      const input = m.hot('-SF', spoken);
      m.expect(input.pipe(speaking(fault), map(letter))).toBeObservable(expected, undefined, error);
    })();
  });

  it.each<[string, Fault, string]>([
    ['A8.3 sends audio after Clear, before Cleared', { service: 'speak', kind: 'stale', frames: 2 }, 'M---a---a-(aaC)'],
    ['A8.3 sends audio after Cleared', { service: 'speak', kind: 'stale', afterCleared: true }, 'M---a---a-(Caaa)'],
  ])('%s', (_, fault, expected) => {
    marbles((m) => {
      const input = m.hot('-SF-------C', spoken);
      m.expect(input.pipe(speaking(fault), map(letter))).toBeObservable(expected);
    })();
  });

  it(
    'A8.3 sends no stale audio if there was none',
    marbles((m) => {
      const input = m.hot('-SC-C', spoken);
      m.expect(input.pipe(speaking({ service: 'speak', kind: 'stale' }), map(letter))).toBeObservable('M-C-C');
    }),
  );

  it(
    'A8.7 sends audio in frames of odd sizes and loses no byte',
    marbles((m) => {
      const heard = (...faults: Fault[]): Uint8Array[] => {
        const frames: Uint8Array[] = [];
        m.cold('-SF', spoken)
          .pipe(speaking(...faults))
          .subscribe((frame) => typeof frame !== 'string' && frames.push(frame));
        return frames;
      };
      const [plain, odd] = [heard(), heard({ service: 'speak', kind: 'odd' })];
      m.flush();
      expect(odd).toHaveLength(6);
      expect(odd.every(({ length }) => length % 2 === 1)).toBe(true);
      expect(Buffer.concat(odd).equals(Buffer.concat(plain))).toBe(true);
    }),
  );

  it(
    'A8.8 refuses',
    marbles((m) => {
      const reported = NEVER.pipe(speaking({ service: 'speak', kind: 'refuse', status: 402 }), map(letter), toError);
      m.expect(reported).toBeObservable('(e|)', { e: { code: 'payment', status: 402, retryable: false } });
    }),
  );
});

/** The error as a value. */
function toError(source: Observable<string>): Observable<object> {
  return source.pipe(
    ignoreElements(),
    catchError((error: unknown) => {
      const { code, status, retryable } = error as WireError;
      return of({ code, status, retryable });
    }),
  );
}
