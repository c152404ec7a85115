import { ignoreElements, map, tap } from 'rxjs';
import { describe, it } from 'vitest';
import { noting } from '../../../operators/core/noting.ts';
import { marbles } from '../../withMarbles.ts';

describe('noting', () => {
  it(
    'emits notes between the values, at once',
    marbles((m) => {
      const source = m.hot<string>('  -a---b----|');
      const sourceSubs = '    ^---------!';
      const expected = '      -(Aa)(Bb)-|';

      m.expect(noting<string>((note) => source.pipe(tap((value) => note(value.toUpperCase()))))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'emits only notes when the stream itself emits nothing',
    marbles((m) => {
      const source = m.hot<string>('  -a-b-|');
      const expected = '      -a-b-|';

      m.expect(
        noting<string>((note) =>
          source.pipe(
            tap((value) => note(value)),
            ignoreElements(),
          ),
        ),
      ).toBeObservable(expected);
    }),
  );

  it(
    'passes an error of the stream, and one that it throws',
    marbles((m) => {
      const source = m.hot('  -a-#');
      const thrower = m.hot(' -a--');
      const throwerSubs = '   ^!  ';

      m.expect(noting(() => source)).toBeObservable('-a-#');
      m.expect(
        noting(() =>
          thrower.pipe(
            map(() => {
              throw 'error';
            }),
          ),
        ),
      ).toBeObservable('-#');
      m.expect(thrower).toHaveSubscriptions(throwerSubs);
    }),
  );

  it(
    'unsubscribes from the stream when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -a---b-|');
      const sourceSubs = '    ^--!    ';
      const leave = '         ---!    ';
      const expected = '      -a------';

      m.expect(
        noting(() => source),
        leave,
      ).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'completes with the stream',
    marbles((m) => {
      m.expect(noting(() => m.cold('--|'))).toBeObservable('--|');
    }),
  );
});
