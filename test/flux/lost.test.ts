import { ignoreElements, interval, map, NEVER, take, throwError } from 'rxjs';
import { describe, it } from 'vitest';
import type { AudioChunk } from '../../operators/events.ts';
import { WireError } from '../../src/errors.ts';
import { flux } from '../../src/flux/flux.ts';
import type { Wire } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';
import { drawn, failure, format, inTurn, inputs, messages, out, sentAs, errorAsValue } from './scriptedFlux.ts';
import { info } from './worked.ts';

const gone = new WireError('closed', 'gone', { closeCode: 1006, retryable: true });
const busy = new WireError('refused', 'Refused (503).', { status: 503, retryable: true });
const forbidden = new WireError('unauthorized', 'Refused (401).', { status: 401 });

const events = {
  ...out,
  f: failure('closed', 'r-1'),
  g: failure('refused'),
  L: { type: 'TurnLost', turn: '0:0' },
  R: { type: 'Reconnected', gapMs: 5, droppedMs: 0 },
  b: { ...out.b, turn: '1:0' },
} as const;

/** The errors as `errorAsValue` emits them. */
const errors = {
  x: { code: 'refused', requestId: undefined, retryable: true },
  y: { code: 'unauthorized', requestId: undefined, retryable: false },
  z: { code: 'closed', requestId: 'r-1', retryable: true },
} as const;

const packet: AudioChunk = { data: new Uint8Array(60), encoding: 'opus', sampleRateHz: 48_000, channels: 1 };

/** A connection that fails before it stands. */
const failing =
  (error: WireError): Wire =>
  () =>
    throwError(() => error);

const infoAt = (seconds: number) => info('Update', 0, seconds, '', 0.1);

const letters: Readonly<Record<string, string>> = { Connected: 'C', Reconnected: 'R', Update: 'u', Failure: 'f' };
const letter = (event: object) => ('type' in event ? letters[String(event.type)] : 'x');

describe('a lost connection', () => {
  it(
    'is reported with the open turn, and replaced by a connection with new turn names',
    marbles((m) => {
      const audio = m.hot('  a--------------------', inputs);
      const first = m.cold(' -C-s-#               ', messages, gone);
      const second = m.cold('     -----C-----b----', messages);
      const sub = '          ^-------------------!';
      const expected = '     -C-s-(fL)-(CR)--b----';
      const wire = inTurn(drawn(first).wire, drawn(second).wire);

      m.expect(audio.pipe(flux({}, wire)), sub).toBeObservable(expected, events);
    }),
  );

  it(
    'keeps a turn that has ended, even if a message of it arrives late',
    marbles((m) => {
      const audio = m.hot('  a---------', inputs);
      const says = m.cold('  -C-b-d-l-#', { ...messages, l: info('Update', 0, 0.5, 'Book', 0.1) }, gone);
      const sub = '          ^---------!';
      const expected = '     -C-b-d-l-f';
      const l = { ...out.b, type: 'Update', audioEndMs: 500, confidence: 0.1 } as const;

      m.expect(audio.pipe(flux({}, drawn(says).wire)), sub).toBeObservable(expected, { ...events, b: out.b, l });
    }),
  );

  it(
    'is no error after CloseStream was sent',
    marbles((m) => {
      const audio = m.hot('  a|      ', inputs);
      const says = m.cold('  -C-----#', messages, gone);
      const goesOut = '      -(aX)--|';
      const expected = '     -C-----|';
      const service = drawn(says);

      m.expect(service.sent).toBeObservable(goesOut, sentAs);
      m.expect(audio.pipe(flux({}, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'is replaced at once, then after waits of up to 0.25, 0.5, 1, 2 and 4 s, and then errors',
    marbles((m) => {
      const expected = '(gg) 246ms g 499ms g 999ms g 1999ms g 3999ms (x|)';
      const wire = failing(busy);

      m.expect(errorAsValue(NEVER.pipe(flux({ ...format, random: () => 1 }, wire)))).toBeObservable(expected, {
        ...events,
        ...errors,
      });
    }),
  );

  it(
    'errors after six connections in a row without progress, even if each one opened',
    marbles((m) => {
      const says = m.cold('   -----C----#', messages, gone);
      const expected = `      -----C----f${'----(CR)-f'.repeat(5)}----(CR)-(z|)`;
      const wire = drawn(says).wire;

      m.expect(errorAsValue(NEVER.pipe(flux({ ...format, random: () => 0 }, wire)))).toBeObservable(expected, {
        ...events,
        ...errors,
      });
    }),
  );

  it.each([
    ['is not given up as long as Flux comes further each time', 1, `${'----(CR)--u-f'.repeat(8)}----(C|)`],
    ['is given up where Flux comes no further', 0, `${'----(CR)--u-f'.repeat(5)}----(CR)--u-(x|)`],
  ])('%s', (_, secondsMore, goesOn) => {
    marbles((m) => {
      const service = (k: number) => drawn(m.cold('-----C-----u-#', { ...messages, u: infoAt(1 + k * secondsMore) }, gone)).wire;
      const wire = inTurn(service(0), ...Array.from({ length: 9 }, (_, k) => service(k + 1)));
      const expected = `              -----C-----u-f${goesOn}`;
      const turns = NEVER.pipe(flux({ ...format, random: () => 0 }, wire));

      m.expect(errorAsValue(turns).pipe(take(36), map(letter))).toBeObservable(expected.trim());
    })();
  });

  it(
    'is not replaced when the service refuses for good',
    marbles((m) => {
      const first = m.cold('   -C--#   ', messages, gone);
      const expected = '       -C--(fy|)';
      const wire = inTurn(drawn(first).wire, failing(forbidden));

      m.expect(errorAsValue(NEVER.pipe(flux(format, wire)))).toBeObservable(expected, { ...events, ...errors });
    }),
  );

  it(
    'is noticed when Flux sends nothing for 10 s of audio',
    marbles((m) => {
      const audio = interval(80).pipe(map(() => inputs.a)); // from 80 ms on; 10 s after U at 5081 ms is that of 15,120 ms
      const first = m.cold('     -C 4999ms U-----------', messages);
      const second = m.cold('    ----------------------', messages);
      const sub = '         ^ 16s --------!       ';
      const expected = '    80ms -C 4999ms U 10038ms S';
      const wire = inTurn(drawn(first).wire, drawn(second).wire);

      m.expect(audio.pipe(flux({}, wire)), sub).toBeObservable(expected, { ...events, S: failure('silent', 'r-1') });
    }),
  );
});

describe('compressed audio, whose length is unknown', () => {
  it(
    'also shows that Flux is silent, by the time in which it was sent',
    marbles((m) => {
      const audio = interval(100).pipe(map(() => packet)); // 10 s after C at 101 ms is the chunk of 10,200 ms
      const first = m.cold(' -C-----------', messages);
      const second = m.cold('-------------', messages);
      const sub = '          ^ 11s --------!';
      const expected = '     100ms -C 10098ms S';
      const wire = inTurn(drawn(first).wire, drawn(second).wire);

      m.expect(audio.pipe(flux({}, wire)), sub).toBeObservable(expected, { ...events, S: failure('silent', 'r-1') });
    }),
  );

  it(
    'that pauses does not count as a silent Flux',
    marbles((m) => {
      const audio = m.hot('p 14999ms p--', { p: packet });
      const says = m.cold('-C-----------', messages);
      const sub = '        ^ 16s --------!';

      m.expect(audio.pipe(flux({}, drawn(says).wire)), sub).toBeObservable('-C', events);
    }),
  );
});

describe('the audio of a lost connection', () => {
  it(
    'is kept for 30 s, and the length of the dropped part is reported',
    marbles((m) => {
      const audio = interval(80).pipe(map(() => inputs.a)); // 376 chunks until 30,085 ms: 30,080 ms
      const first = m.cold('    -C--#', messages, gone);
      const silent = m.cold('       -');
      const last = m.cold('         -C-', messages);
      const sub = '        ^ 30100ms !';
      const expected = '   80ms -C--f 9999ms n 9999ms n 9999ms n(CR)';
      const wire = inTurn(drawn(first).wire, ...[silent, silent, silent, last].map((says) => drawn(says).wire));
      const R = { type: 'Reconnected', gapMs: 30_001, droppedMs: 80 } as const;

      m.expect(audio.pipe(flux({ random: () => 0 }, wire)), sub).toBeObservable(expected, {
        ...events,
        n: failure('not-connected'),
        R,
      });
    }),
  );
});

describe('the settings of a lost connection', () => {
  const sent = {
    ...sentAs,
    s: { type: 'Configure', thresholds: { eot_threshold: 0.8 }, numerals: true },
  };

  it.each([
    ['are asked for again, all that were agreed to at once', '--p-q-----', '-C-P-P-#', '------------s------|'],
    ['are asked for again when they were not answered', '       --p-------', '-C-----#', '------------p------|'],
    ['are not asked for again when they were refused', '        --p-q-----', '-C-Q-P-#', '------------q------|'],
    ['come before what was asked for meanwhile', '               --p-----q-', '-C-P---#', '------------p--q---|'],
  ])('%s', (_, asks, says, goesOut) => {
    marbles((m) => {
      const input = m.hot(asks.trim(), inputs);
      const second = drawn(m.cold('     -----C--P---', messages));
      const sub = '                             ^------------------!';
      const wire = inTurn(drawn(m.cold(says, messages, gone)).wire, second.wire);

      m.expect(second.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, wire), ignoreElements()), sub).toBeObservable('');
    })();
  });
});
