import fc from 'fast-check';
import { from, map, type Observable, timestamp } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { CallEvent, ReplyEnded } from '../../../operators/events.ts';
import { latency, withLatency, type Measured, type Timed } from '../../../operators/call/latency.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const ended = (reply: number): ReplyEnded => ({
  type: 'ReplyEnded',
  reply,
  text: 'Sure.',
  heard: 'Sure.',
  heardMs: 300,
  audioMs: 300,
  interrupted: false,
});

const unknown = { endOfSpeech: null, eager: null, endOfTurn: null, firstToken: null, firstAudio: null, firstSound: null };
const table = { words: [{ word: 'table', confidence: 1, from: 2, to: 3 }] };

const happenings: Record<string, CallEvent> = {
  ...turns,
  E: turnEvent('EndOfTurn', 'book a table', '0:0', table),
  n: { type: 'DraftStarted', turn: '0:0', reply: 1 },
  x: { type: 'DraftDropped', turn: '0:0', reply: 1, reason: 'resumed', tokens: 1, characters: 0 },
  N: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: true },
  Q: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false },
  P: { type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: false },
  G: { type: 'ReplyStarted', reply: 3, drafted: false },
  t: { type: 'Token', reply: 1, text: 'Sure' },
  T: { type: 'Token', reply: 2, text: 'Sure' },
  a: { type: 'AudioStarted', reply: 1 },
  A: { type: 'AudioStarted', reply: 2 },
  h: { type: 'SpeechStarted', reply: 1 },
  H: { type: 'SpeechStarted', reply: 2 },
  g: { type: 'SpeechStarted', reply: 3 },
  1: ended(1),
  2: ended(2),
  3: ended(3),
  l: { type: 'Latency', reply: 1, ...unknown, firstToken: 1 },
};

/** Each happening at its frame. */
const timed = (source: Observable<CallEvent>): Observable<Timed> =>
  source.pipe(
    timestamp(),
    map(({ value, timestamp: at }) => ({ ...value, at })),
  );

describe('latency', () => {
  it(
    'emits the moments of a drafted reply at its end',
    marbles((m) => {
      const source = m.hot('-s-e-n-t-E-N-a-h-tah-1-|', happenings);
      const subs = '        ^----------------------!';
      const expected = '    ---------------------m-|';
      const moments: Measured = {
        type: 'Latency',
        at: 21,
        turn: '0:0',
        reply: 1,
        endOfSpeech: 3,
        eager: 3,
        endOfTurn: 9,
        firstToken: 7,
        firstAudio: 13,
        firstSound: 15,
      };

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, { m: moments });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'keeps nothing of a dropped draft, and no eager time for a reply that was not drafted',
    marbles((m) => {
      const source = m.hot('-s-e-n-t-r-x-E-P-T-A-H-2-|', happenings);
      const expected = '    -----------------------m-|';
      const moments: Measured = {
        type: 'Latency',
        at: 23,
        turn: '0:0',
        reply: 2,
        endOfSpeech: 3,
        eager: null,
        endOfTurn: 13,
        firstToken: 17,
        firstAudio: 19,
        firstSound: 21,
      };

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, { m: moments });
    }),
  );

  it(
    'does not use the moments of a draft for another reply with its number',
    marbles((m) => {
      const source = m.hot('-s-e-n-t-r-x-F-Q-1-|', happenings);
      const undropped = m.hot('-s-e-n-t-F-Q-1-|   ', happenings);
      const expected = '    -----------------m-|';
      const sooner = '      -------------m-|';
      const moments = { type: 'Latency', turn: '0:0', reply: 1, ...unknown } as const;

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, { m: { ...moments, at: 17, endOfTurn: 13 } });
      m.expect(undropped.pipe(timed, latency())).toBeObservable(sooner, { m: { ...moments, at: 13, endOfTurn: 9 } });
    }),
  );

  it(
    'has null for what did not happen, and no turn for a greeting',
    marbles((m) => {
      const source = m.hot('-G-g-3-|', happenings);
      const expected = '    -----m-|';

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, {
        m: { type: 'Latency', at: 5, reply: 3, ...unknown, firstSound: 3 },
      });
    }),
  );

  it(
    'has no end of speech if words have no times',
    marbles((m) => {
      const source = m.hot('-s-F-P-2-|', happenings);
      const expected = '    -------m-|';

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, {
        m: { type: 'Latency', at: 7, turn: '0:0', reply: 2, ...unknown, endOfTurn: 3 },
      });
    }),
  );

  it(
    'ignores Latency events of the source',
    marbles((m) => {
      const source = m.hot('-G-l-3-|', happenings);
      const expected = '    -----m-|';

      m.expect(source.pipe(timed, latency())).toBeObservable(expected, { m: { type: 'Latency', at: 5, reply: 3, ...unknown } });
    }),
  );

  it(
    'completes empty without events, and emits nothing while no reply ends',
    marbles((m) => {
      m.expect(m.cold('|').pipe(timed, latency())).toBeObservable('|');
      m.expect(m.cold('-').pipe(timed, latency())).toBeObservable('-');
      m.expect(m.cold('-s-E-P', happenings).pipe(timed, latency())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-G-#', happenings);
      const expected = '    ---#';

      m.expect(source.pipe(timed, latency())).toBeObservable(expected);
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-G-3-|', happenings);
      const unsub = '       --!   ';
      const subs = '        ^-!   ';
      const expected = '    ---   ';

      m.expect(source.pipe(timed, latency()), unsub).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('emits one for each reply that ends, in any order of events', () => {
    const any = fc.array(fc.constantFrom(...Object.values(happenings)), { maxLength: 60 });
    fc.assert(
      fc.property(any, (all) => {
        const replies = all.filter((happening) => happening.type === 'ReplyEnded').map(({ reply }) => reply);
        const measured: number[] = [];
        from(all.map((happening, at) => ({ ...happening, at })))
          .pipe(latency())
          .subscribe(({ reply }) => measured.push(reply));

        expect(measured).toEqual(replies);
      }),
    );
  });

  it('forgets old turns', () => {
    const events: Timed[] = [];
    for (let turn = 0; turn < 1000; turn++) events.push({ ...turnEvent('EndOfTurn', 'yes', `0:${turn}`), at: turn });
    events.push({ type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false, at: 2000 }, { ...ended(1), at: 2001 });
    events.push({ type: 'ReplyStarted', turn: '0:998', reply: 2, drafted: false, at: 2002 }, { ...ended(2), at: 2003 });
    const ends: (number | null)[] = [];
    from(events)
      .pipe(latency())
      .subscribe(({ endOfTurn }) => ends.push(endOfTurn));

    expect(ends).toEqual([null, 998]);
  });
});

describe('withLatency', () => {
  const types = (source: Observable<Timed>) => source.pipe(map(({ type }) => type));
  const named: Record<string, Timed['type']> = {
    s: 'StartOfTurn',
    E: 'EndOfTurn',
    Q: 'ReplyStarted',
    t: 'Token',
    1: 'ReplyEnded',
    m: 'Latency',
  };

  it(
    'emits the moments of a reply right before its end',
    marbles((m) => {
      const source = m.hot('-s-E-Q-t----1----|', happenings);
      const subs = '        ^----------------!';
      const expected = '    -s-E-Q-t----(m1)-|';

      m.expect(types(source.pipe(timed, withLatency()))).toBeObservable(expected, named);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'passes completion, silence and errors, and unsubscribes when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-s-E-Q-', happenings);
      const subs = '        ^---!  ';
      const leave = '       ----!  ';
      const expected = '    -s-E---';

      m.expect(m.cold('|').pipe(timed, withLatency())).toBeObservable('|');
      m.expect(m.cold('-').pipe(timed, withLatency())).toBeObservable('-');
      m.expect(m.cold('--#').pipe(timed, withLatency())).toBeObservable('--#');
      m.expect(types(source.pipe(timed, withLatency())), leave).toBeObservable(expected, named);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );
});
