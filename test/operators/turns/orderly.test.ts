import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ListenEvent, TurnIgnored } from '../../../operators/events.ts';
import { hasWords } from '../../../operators/turns/equivalent.ts';
import { isTurnEvent, orderly } from '../../../operators/turns/orderly.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const values: Record<string, ListenEvent | TurnIgnored> = {
  ...turns,
  // the same turn without words, or with only punctuation
  z: turnEvent('StartOfTurn', ''),
  n: turnEvent('Update', ''),
  N: turnEvent('EndOfTurn', ''),
  P: turnEvent('EndOfTurn', '...'),
  g: turnEvent('EagerEndOfTurn', ''),
  // the corrected events
  p: turnEvent('StartOfTurn', 'book a'),
  q: turnEvent('StartOfTurn', 'book a table'),
  w: turnEvent('Update', 'book'),
  v: turnEvent('Update', 'book a table for'),
  U: turnEvent('EndOfTurn', 'book a'),
  // the next turn
  i: turnEvent('Update', '', '0:1'),
  k: turnEvent('Update', 'no', '0:1'),
  K: turnEvent('EndOfTurn', 'no', '0:1'),
  // no turns
  c: { type: 'Connected', requestId: 'r' },
  L: { type: 'TurnLost', turn: '0:0' },
  l: { type: 'TurnIgnored', turn: '0:0', reason: 'lost' },
  o: { type: 'TurnIgnored', turn: '0:0', reason: 'empty' },
  x: { type: 'TurnIgnored', turn: '0:0', reason: 'unfinished' },
};

describe('orderly', () => {
  const sources = values as Record<string, ListenEvent>;

  it(
    'passes a legal turn unchanged',
    marbles((m) => {
      const source = m.hot('-c-n-s-u-e-r-f-F-|', sources);
      const subs = '        ^----------------!';
      const expected = '    -c-n-s-u-e-r-f-F-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'turns an update before the start into the start',
    marbles((m) => {
      const source = m.hot('--u-E-|', sources);
      const subs = '        ^-----!';
      const expected = '    --p-E-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'adds the start that a draft lacks',
    marbles((m) => {
      const source = m.hot('--e---E-|', sources);
      const subs = '        ^-------!';
      const expected = '    --(qe)E-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'adds the start that an end lacks',
    marbles((m) => {
      const source = m.hot('--E-------|', sources);
      const subs = '        ^---------!';
      const expected = '    --(qE)----|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'makes a second start an update',
    marbles((m) => {
      const source = m.hot('-s-s-E-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-w-E-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'makes a resume without a draft an update',
    marbles((m) => {
      const source = m.hot('-s-r-F-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-v-F-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'makes an eager end without words an update',
    marbles((m) => {
      const source = m.hot('-s-g-E-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-n-E-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'drops a second end',
    marbles((m) => {
      const source = m.hot('-s-E-E-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-E---|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'drops events of a turn after its end',
    marbles((m) => {
      const source = m.hot('-s-E-u-e-|', sources);
      const subs = '        ^--------!';
      const expected = '    -s-E-----|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    "gives an end without words the turn's last",
    marbles((m) => {
      const source = m.hot('-s-u-N-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-u-U-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'gives an end with only punctuation the last words of its turn',
    marbles((m) => {
      const source = m.hot('-s-u-P-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-u-U-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ignores a turn that never had words',
    marbles((m) => {
      const source = m.hot('-z-n-N-|', sources);
      const subs = '        ^------!';
      const expected = '    -z-n-o-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ignores an end without start and words',
    marbles((m) => {
      const source = m.hot('--N-|', sources);
      const subs = '        ^---!';
      const expected = '    --o-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ends the open turn when the next one starts',
    marbles((m) => {
      const source = m.hot('-s-u-k---K-|', sources);
      const subs = '        ^----------!';
      const expected = '    -s-u-(US)K-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ends the open turn at an empty update of the next',
    marbles((m) => {
      const source = m.hot('-s-u-i----|', sources);
      const subs = '        ^---------!';
      const expected = '    -s-u-(Ui)-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ignores an open turn without words that the next one follows',
    marbles((m) => {
      const source = m.hot('-z-k----K-|', sources);
      const subs = '        ^---------!';
      const expected = '    -z-(xS)-K-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'drops a late word of the turn before',
    marbles((m) => {
      const source = m.hot('-s-E-S-u-D-|', sources);
      const subs = '        ^----------!';
      const expected = '    -s-E-S---D-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ignores a lost turn',
    marbles((m) => {
      const source = m.hot('-s-u-L----|', sources);
      const subs = '        ^---------!';
      const expected = '    -s-u-(Ll)-|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'drops the loss of a turn that is not open',
    marbles((m) => {
      const source = m.hot('-s-E-L-|', sources);
      const subs = '        ^------!';
      const expected = '    -s-E---|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ends an open turn when the source completes',
    marbles((m) => {
      const source = m.hot('-s-u-|   ', sources);
      const subs = '        ^----!   ';
      const expected = '    -s-u-(U|)';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ignores an open turn without words when the source completes',
    marbles((m) => {
      const source = m.hot('-z-n-|   ', sources);
      const subs = '        ^----!   ';
      const expected = '    -z-n-(x|)';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'emits nothing when there are no events',
    marbles((m) => {
      const source = m.hot('-----|', sources);
      const subs = '        ^----!';
      const expected = '    -----|';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'passes an error at once, and ends nothing',
    marbles((m) => {
      const source = m.hot('-s-u-#', sources);
      const subs = '        ^----!';
      const expected = '    -s-u-#';

      m.expect(source.pipe(orderly())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'unsubscribes when its subscriber leaves, and ends no turn',
    marbles((m) => {
      const source = m.hot('-s-u-e-E-|', sources);
      const leave = '       ----!     ';
      const expected = '    -s-u-     ';

      m.expect(source.pipe(orderly()), leave).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions('^---!');
    }),
  );

  it('makes any order legal', async () => {
    const event = fc
      .record({
        type: fc.constantFrom('StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn' as const),
        transcript: fc.constantFrom('', '...', 'uh', 'book', 'book a table'),
        turn: fc.constantFrom('0:0', '0:1', '0:2', '1:0'),
      })
      .map(({ type, transcript, turn }): ListenEvent => turnEvent(type, transcript, turn));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
        const open = new Set<string>();
        const over = new Set<string>();
        let eager = false;
        for (const legal of await lastValueFrom(from(events).pipe(orderly(), toArray()))) {
          if (legal.type === 'TurnIgnored') {
            open.delete(legal.turn);
            over.add(legal.turn);
            continue;
          }
          if (!isTurnEvent(legal)) continue;
          const { type, turn, transcript } = legal;
          expect(over.has(turn)).toBe(false);
          if (type === 'StartOfTurn') {
            expect(open.size).toBe(0);
            open.add(turn);
            eager = false;
          } else if (type === 'Update' && !open.has(turn)) {
            expect([open.size, hasWords(transcript)]).toEqual([0, false]);
          } else {
            expect([...open]).toEqual([turn]);
          }
          if (type === 'TurnResumed') expect(eager).toBe(true);
          if (type === 'EagerEndOfTurn' || type === 'EndOfTurn') expect(hasWords(transcript)).toBe(true);
          eager = type === 'EagerEndOfTurn' || (eager && type !== 'TurnResumed');
          if (type === 'EndOfTurn') {
            open.delete(turn);
            over.add(turn);
          }
        }
        expect(open.size).toBe(0);
        for (const { type, turn } of events.filter(isTurnEvent)) if (type === 'EndOfTurn') expect(over.has(turn)).toBe(true);
      }),
      { numRuns: 3000, seed: 2 },
    );
  });
});
