import { describe, it } from 'vitest';
import { drafts, type DraftLimits } from '../../../operators/turns/drafts.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const values = {
  ...turns, // turn 0: s e r E f F; turn 1: S d D
  l: turnEvent('EagerEndOfTurn', 'book a table', '0:0', { audioEndMs: 501 }),
  k: turnEvent('EagerEndOfTurn', 'book a table', '0:0', { audioEndMs: 500 }),
};
const limits: DraftLimits = { eager: 'speech', maxDrafts: 8, maxDraftedTurnMs: 500 };

describe('drafts', () => {
  it(
    'passes turns unchanged',
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F-S-d-D-|', values);
      const expected = '      -s-e-r-f-F-S-d-D-|';

      m.expect(source.pipe(drafts(() => limits))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes only maxDrafts eager ends of a turn, and counts each turn from 0',
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F-S-d-D-|', values);
      const expected = '      -s-e-r---F-S-d-D-|';

      m.expect(source.pipe(drafts(() => ({ ...limits, maxDrafts: 1 })))).toBeObservable(expected, values);
    }),
  );

  it(
    'counts by turn, also without a StartOfTurn',
    marbles((m) => {
      const source = m.hot('  -e-d-|', values);
      const expected = '      -e-d-|';

      m.expect(source.pipe(drafts(() => ({ ...limits, maxDrafts: 1 })))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes no eager end of a turn that has lasted longer than the limit',
    marbles((m) => {
      const source = m.hot('  -s-k-r-l-E-|', values);
      const expected = '      -s-k-r---E-|';

      m.expect(source.pipe(drafts(() => limits))).toBeObservable(expected, values);
    }),
  );

  it.each<[string, Partial<DraftLimits>]>([
    ['there are to be no drafts', { eager: 'off' }],
    ['their number is 0', { maxDrafts: 0 }],
  ])('passes none when %s', (_, none) => {
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F-|', values);
      const expected = '      -s---r---F-|';

      m.expect(source.pipe(drafts(() => ({ ...limits, ...none })))).toBeObservable(expected, values);
    })();
  });

  it(
    'emits nothing when there are no events',
    marbles((m) => {
      const source = m.hot('  ----|', values);
      const expected = '      ----|';

      m.expect(source.pipe(drafts(() => limits))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('  -s-#', values);
      const expected = '      -s-#';

      m.expect(source.pipe(drafts(() => limits))).toBeObservable(expected, values);
    }),
  );

  it(
    'errors when the limits throw',
    marbles((m) => {
      const source = m.hot('  -s-e-|', values);
      const sourceSubs = '    ^--!  ';
      const expected = '      -s-#  ';
      const thrower = (): DraftLimits => {
        throw 'error';
      };

      m.expect(source.pipe(drafts(thrower))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -s-e-r-', values);
      const sourceSubs = '    ^---!  ';
      const leave = '         ----!  ';
      const expected = '      -s-e-  ';

      m.expect(source.pipe(drafts(() => limits)), leave).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
