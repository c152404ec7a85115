import { describe, it } from 'vitest';
import { bargeIn, type Floor } from '../../operators/bargeIn.ts';
import type { CueEvent, ListenEvent, TurnIgnored } from '../../operators/events.ts';
import { turns } from '../../src/testing/turns.ts';
import { marbles } from '../marbles.ts';

const values: Record<string, ListenEvent | TurnIgnored | CueEvent> = {
  ...turns,
  c: { type: 'Cue', cue: 'cut' },
  i: { type: 'TurnIgnored', turn: '0:1', reason: 'empty' },
  w: { type: 'Warning', stage: 'listen', code: 'X', message: 'odd' },
};
const events = values as Record<string, ListenEvent | TurnIgnored>;
const floor = (held: Floor) => () => held;

describe('bargeIn', () => {
  it(
    'cuts what is heard when the caller starts to talk, before the turn goes on',
    marbles((m) => {
      const source = m.hot('  -S----D-|', events);
      const sourceSubs = '    ^-------!';
      const expected = '      -(cS)-D-|';

      m.expect(source.pipe(bargeIn(floor('speaking')))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'lets a turn through when nobody is heard',
    marbles((m) => {
      const source = m.hot('  -s-u-e-r-f-F-|', events);
      const expected = '      -s-u-e-r-f-F-|';

      m.expect(source.pipe(bargeIn(floor('nobody')))).toBeObservable(expected, values);
    }),
  );

  it(
    'asks once more for the turn whose reply it cancelled unheard, when the new one comes to nothing',
    marbles((m) => {
      const source = m.hot('  -E-S----i----|', events);
      const expected = '      -E-(cS)-(iE)-|';

      m.expect(source.pipe(bargeIn(floor('thinking')))).toBeObservable(expected, values);
    }),
  );

  it(
    'asks for it only once',
    marbles((m) => {
      const source = m.hot('  -E-S----i----i-|', events);
      const expected = '      -E-(cS)-(iE)-i-|';

      m.expect(source.pipe(bargeIn(floor('thinking')))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not ask for it when the new turn had words: one reply answers both',
    marbles((m) => {
      const source = m.hot('  -E-S----D-i-|', events);
      const expected = '      -E-(cS)-D-i-|';

      m.expect(source.pipe(bargeIn(floor('thinking')))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not ask for a turn whose reply was heard',
    marbles((m) => {
      const source = m.hot('  -E-S----i-|', events);
      const expected = '      -E-(cS)-i-|';

      m.expect(source.pipe(bargeIn(floor('speaking')))).toBeObservable(expected, values);
    }),
  );

  it(
    'without a floor takes the agent to be speaking',
    marbles((m) => {
      const source = m.hot('  -S----w-|', events);
      const expected = '      -(cS)-w-|';

      m.expect(source.pipe(bargeIn())).toBeObservable(expected, values);
    }),
  );

  it(
    'says nothing when nothing is said',
    marbles((m) => {
      const source = m.hot('  ----|', events);
      const expected = '      ----|';

      m.expect(source.pipe(bargeIn())).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('  -E--#', events);
      const expected = '      -E--#';

      m.expect(source.pipe(bargeIn())).toBeObservable(expected, values);
    }),
  );

  it(
    'errors when the floor cannot be told',
    marbles((m) => {
      const source = m.hot('  -S--|', events);
      const sourceSubs = '    ^!   ';
      const expected = '      -#   ';
      const lost = (): Floor => {
        throw 'error';
      };

      m.expect(source.pipe(bargeIn(lost))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'leaves when its subscriber does',
    marbles((m) => {
      const source = m.hot('  -E---S--|', events);
      const sourceSubs = '    ^--!     ';
      const leave = '         ---!     ';
      const expected = '      -E--     ';

      m.expect(source.pipe(bargeIn()), leave).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
