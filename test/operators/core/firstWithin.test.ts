import { NEVER, of } from 'rxjs';
import { describe, it } from 'vitest';
import { firstWithin } from '../../../operators/core/firstWithin.ts';
import { marbles } from '../../withMarbles.ts';

const late = () => 'error';

describe('firstWithin', () => {
  it(
    'errors when the first value does not come in time, counted from since',
    marbles((m) => {
      const source = m.hot('  -------------a-|');
      const sourceSubs = '    ^------!        ';
      const since = m.hot('   ---x------------');
      const sinceSubs = '     ^------!        ';
      const expected = '      -------#        ';

      m.expect(source.pipe(firstWithin(4, since, late))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(since).toHaveSubscriptions(sinceSubs);
    }),
  );

  it(
    'passes everything once the first value came in time, however long the next takes',
    marbles((m) => {
      const source = m.hot('  -----a---------b-|');
      const since = m.hot('   ---x--------------');
      const sinceSubs = '     ^----!            ';
      const expected = '      -----a---------b-|';

      m.expect(source.pipe(firstWithin(4, since, late))).toBeObservable(expected);
      m.expect(since).toHaveSubscriptions(sinceSubs);
    }),
  );

  it(
    'waits while `since` is silent',
    marbles((m) => {
      const source = m.hot('  -------------a-|');
      const expected = '      -------------a-|';

      m.expect(source.pipe(firstWithin(4, NEVER, late))).toBeObservable(expected);
    }),
  );

  it(
    'completes with a source that completes in time',
    marbles((m) => {
      const source = m.hot('  --|   ');
      const expected = '      --|   ';

      m.expect(source.pipe(firstWithin(4, of(0), late))).toBeObservable(expected);
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('  --#   ');
      const expected = '      --#   ';

      m.expect(source.pipe(firstWithin(4, of(0), () => 'late'))).toBeObservable(expected);
    }),
  );

  it(
    'unsubscribes from source and clock when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -------');
      const since = m.hot('   ---x---');
      const sinceSubs = '     ^----! ';
      const leave = '         -----! ';
      const expected = '      -------';

      m.expect(source.pipe(firstWithin(4, since, late)), leave).toBeObservable(expected);
      m.expect(since).toHaveSubscriptions(sinceSubs);
    }),
  );

  it(
    'errors when making the error throws',
    marbles((m) => {
      const source = m.hot('  -------');
      const expected = '      ----#  ';

      m.expect(
        source.pipe(
          firstWithin(4, of(0), () => {
            throw 'error';
          }),
        ),
      ).toBeObservable(expected);
    }),
  );

  it(
    'sets no limit when since completes without a value',
    marbles((m) => {
      const source = m.hot('  ------a-|');
      const since = m.hot('   --|      ');
      const expected = '      ------a-|';

      m.expect(source.pipe(firstWithin(4, since, late))).toBeObservable(expected);
    }),
  );
});
