import { of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Thought } from '../../operators/events.ts';
import { ModelError } from '../../src/errors.ts';
import { askTwice } from '../../src/llm/askTwice.ts';
import { marbles } from '../withMarbles.ts';

const busy = new ModelError('busy', 'The model is busy (429).', { retryable: true, requestId: 'req-1' });
const wrong = new ModelError('invalid', 'The model refused the request (400).');

const values = {
  a: { type: 'Token', text: 'A' },
  b: { type: 'Token', text: 'b' },
  f: {
    type: 'Failure',
    stage: 'think',
    code: 'busy',
    message: 'The model is busy (429).',
    requestId: 'req-1',
    recovered: true,
  },
} as const satisfies Record<string, Thought>;

/** What is asked first, and what then; and how much time each was given. */
function asking(first: Observable<Thought>, second: Observable<Thought>) {
  const given: number[] = [];
  const ask = (withinMs: number) => (given.push(withinMs) === 1 ? first : second);
  return { ask, given };
}

const config = (waitMs = 0, firstTokenMs = 100) => ({
  firstTokenMs,
  toError: (reason: unknown) => reason as ModelError,
  waitMs: () => waitMs,
});

describe('askTwice', () => {
  it(
    'sends one request when it succeeds',
    marbles((m) => {
      const first = m.cold('  --a-b-|  ', values);
      const second = m.cold(' b|       ', values);
      const expected = '      --a-b-|  ';

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'sends a second request at once, after a Failure, when the first fails before its first value',
    marbles((m) => {
      const first = m.cold('  --#            ', values, busy);
      const second = m.cold('   --a-|        ', values);
      const secondSubs = '    --^---!        ';
      const expected = '      --f-a-|        ';

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'waits as long as the service asks',
    marbles((m) => {
      const first = m.cold('  --#            ', values, busy);
      const second = m.cold('       --a-|    ', values);
      const secondSubs = '    ------^---!    ';
      const expected = '      --f-----a-|    ';

      m.expect(askTwice(asking(first, second).ask, config(4))).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'does not wait if the time for the first token would be over',
    marbles((m) => {
      const first = m.cold('  --#       ', values, busy);
      const second = m.cold(' a|        ', values);
      const expected = '      --#       ';

      m.expect(askTwice(asking(first, second).ask, config(98))).toBeObservable(expected, values, busy);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'gives the second attempt the remaining time',
    marbles((m) => {
      const first = m.cold('  --#          ', values, busy);
      const second = m.cold('        a|    ', values);
      const { ask, given } = asking(first, second);

      m.expect(askTwice(ask, config(4))).toBeObservable('--f---a|', values);
      m.flush();
      expect(given).toEqual([100, 94]);
    }),
  );

  it(
    'errors with the error of the second attempt',
    marbles((m) => {
      const first = m.cold('  --#      ', values, busy);
      const second = m.cold('   --#    ', values, wrong);
      const expected = '      --f-#    ';

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable(expected, values, wrong);
    }),
  );

  it(
    'does not retry after the first value',
    marbles((m) => {
      const first = m.cold('  --a-#  ', values, busy);
      const second = m.cold(' b|     ', values);
      const expected = '      --a-#  ';

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable(expected, values, busy);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'does not retry an error that is not retryable',
    marbles((m) => {
      const first = m.cold('  --#   ', values, wrong);
      const second = m.cold(' b|    ', values);
      const expected = '      --#   ';

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable(expected, values, wrong);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'does not retry after the timeout of the first token',
    marbles((m) => {
      const late = new ModelError('first-token', 'The model sent nothing within 100 ms.', { retryable: true });
      const first = m.cold('  99ms #   ', values, late); // a real clock may be a millisecond early
      const second = m.cold(' b|       ', values);

      m.expect(askTwice(asking(first, second).ask, config())).toBeObservable('99ms #', values, late);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'can be unsubscribed while it waits, and sends nothing more',
    marbles((m) => {
      const first = m.cold('  --#         ', values, busy);
      const second = m.cold(' b|          ', values);
      const leave = '         ----!       ';
      const expected = '      --f         ';

      m.expect(askTwice(asking(first, second).ask, config(50)), leave).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions([]);
      m.flush();
      expect(m.scheduler.now()).toBe(4);
    }),
  );

  it(
    'unsubscribes from the running attempt',
    marbles((m) => {
      const first = m.cold('  --#         ', values, busy);
      const second = m.cold('   -a--b|    ', values);
      const secondSubs = '    --^--!      ';
      const leave = '         -----!      ';
      const expected = '      --fa        ';

      m.expect(askTwice(asking(first, second).ask, config()), leave).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'counts separately for each subscriber',
    marbles((m) => {
      let asked = 0;
      const ask = () => (asked++ % 2 === 0 ? timer(2).pipe(() => throwError(() => busy)) : of(values.a));
      const answer = askTwice(ask, config());

      m.expect(answer).toBeObservable('(fa|)', values);
      m.expect(answer).toBeObservable('(fa|)', values);
    }),
  );
});
