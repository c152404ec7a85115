import { describe, it } from 'vitest';
import { SluiceError } from '../../src/errors.ts';
import { reconnect, type ReconnectConfig } from '../../src/wire/reconnect.ts';
import { marbles } from '../withMarbles.ts';

/** Waits as long as it ever may: 5, 10, 20, 20 … frames; `p` is the proof. */
const slow: ReconnectConfig<string> = {
  proof: (value) => value === 'p',
  isFinal: () => false,
  baseMs: 5,
  capMs: 20,
  random: () => 1,
};

describe('reconnect', () => {
  it(
    'retries at once, then after growing waits, and passes the last error',
    marbles((m) => {
      const source = m.cold('  -#                       ');
      const sourceSubs = [
        '                      ^!                       ',
        '                      -^!                      ',
        '                      -------^!                ',
        '                      ------------------^!     ',
      ];
      const expected = '       -------------------#     ';

      m.expect(source.pipe(reconnect({ ...slow, attempts: 3 }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'never waits longer than the cap',
    marbles((m) => {
      const source = m.cold('  -#               ');
      const sourceSubs = [
        '                      ^!               ',
        '                      -^!              ',
        '                      -------^!        ',
        '                      -------------^!  ',
      ];
      const expected = '       --------------#  ';

      m.expect(source.pipe(reconnect({ ...slow, capMs: 5, attempts: 3 }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'waits for a random part of the limit',
    marbles((m) => {
      const source = m.cold('  -#        ');
      const sourceSubs = [
        '                      ^!        ',
        '                      -^!       ',
        '                      ----^!    ',
      ];
      const expected = '       -----#    ';

      m.expect(source.pipe(reconnect({ ...slow, random: () => 0.4, attempts: 2 }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'counts from 0 again after each proof',
    marbles((m) => {
      const source = m.cold('  -p#      ');
      const sourceSubs = [
        '                      ^-!      ',
        '                      --^-!    ',
        '                      ----^-!  ',
      ];
      const leave = '          ------!  ';
      const expected = '       -p-p-p-  ';

      m.expect(source.pipe(reconnect({ ...slow, attempts: 1 })), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'accepts no other value as a proof',
    marbles((m) => {
      const source = m.cold('  -a#    ');
      const firstSubs = '      ^-!  ';
      const secondSubs = '     --^-!';
      const expected = '       -a-a#  ';

      m.expect(source.pipe(reconnect({ ...slow, attempts: 1 }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'does not retry a final error',
    marbles((m) => {
      const source = m.cold('  -a#  ');
      const sourceSubs = '     ^-!  ';
      const expected = '       -a#  ';

      m.expect(source.pipe(reconnect({ ...slow, isFinal: () => true }))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'treats errors as final unless they are retryable',
    marbles((m) => {
      const proof = () => false;
      const lost = m.cold('       -#', {}, new SluiceError('closed', 'lost', { retryable: true }));
      const refused = m.cold('    -#', {}, new SluiceError('unauthorized', 'refused'));
      const foreign = m.cold('    -#');
      const firstSubs = '         ^!';
      const secondSubs = '        -^!';

      m.expect(lost.pipe(reconnect({ proof, attempts: 1 }))).toBeObservable('   --#', {}, new SluiceError('closed', 'lost'));
      m.expect(refused.pipe(reconnect({ proof }))).toBeObservable('             -#', {}, new SluiceError('', 'refused'));
      m.expect(foreign.pipe(reconnect({ proof }))).toBeObservable('             -#');
      m.expect(lost).toHaveSubscriptions([firstSubs, secondSubs]);
      m.expect(refused).toHaveSubscriptions('^!');
      m.expect(foreign).toHaveSubscriptions('^!');
    }),
  );

  it(
    'completes with its source',
    marbles((m) => {
      const source = m.cold('  -a|');
      const expected = '       -a|';

      m.expect(source.pipe(reconnect(slow))).toBeObservable(expected);
    }),
  );

  it(
    'stops waiting when it is unsubscribed',
    marbles((m) => {
      const source = m.cold('  -#     ');
      const firstSubs = '      ^! ';
      const secondSubs = '     -^!';
      const leave = '          ----!  ';
      const expected = '       -----  ';

      m.expect(source.pipe(reconnect(slow)), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'counts for each subscriber',
    marbles((m) => {
      const source = m.cold('  -#      ');
      const result = source.pipe(reconnect({ ...slow, attempts: 1 }));

      m.expect(result).toBeObservable('--#');
      m.expect(result).toBeObservable('--#');
    }),
  );
});
