import { concat, from, map, NEVER, of, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import type { TurnEvent } from '../../../operators/events.ts';
import type { On } from '../../../operators/turns/replyMap.ts';
import { speculateWithin } from '../../../operators/turns/speculateWithin.ts';
import { turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const token = { type: 'Token', text: ' a' };
/** `d`: a draft, `u`: one that may not speak, `R`: a reply started at the turn's end. */
const kind = (turn: TurnEvent, { unspoken }: On) => (turn.type === 'EndOfTurn' ? 'R' : unspoken ? 'u' : 'd');

describe('speculateWithin', () => {
  it(
    'sheds speech when half of the drafts are used, then drafts',
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F-S-d-D----|', turns);
      const reply = '            x---|            ';
      const expected = '      ---d---u-------R----|';
      const within = speculateWithin({ draftsPerMinute: 2 });
      const replies = source.pipe(within((turn, on) => m.cold(reply).pipe(map(() => kind(turn, on)))));

      m.expect(replies).toBeObservable(expected);
    }),
  );

  it(
    'answers a turn at its end if it shed the draft',
    marbles((m) => {
      const source = m.hot('  -s-e---E------|', turns);
      const reply = m.cold('         --a-b|  ');
      const replySubs = '     -------^----!  ';
      const expected = '      ---------a-b--|';

      m.expect(source.pipe(speculateWithin({ draftsPerMinute: 0 })(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'drafts again a minute later',
    marbles((m) => {
      const source = m.hot('  -s-e-E 59995ms S-d-D----|', turns);
      const early = m.hot('   -s-e-E 59994ms S-d-D----|', turns);
      const reply = '            x--|                 ';
      const expected = '      ---d-- 59995ms --d------|';
      const none = '          ---d-- 59994ms ----R----|';
      const within = speculateWithin({ draftsPerMinute: 1 });
      const replies = within((turn, on) => m.cold(reply).pipe(map(() => kind(turn, on))));

      m.expect(source.pipe(replies)).toBeObservable(expected);
      m.expect(early.pipe(replies)).toBeObservable(none);
    }),
  );

  it(
    'counts the tokens of drafts, but not those after the draft is settled',
    marbles((m) => {
      const source = m.hot('   -s-e-----E-----S-d------D-------|', turns);
      const drafted = m.cold('    t-t-----t-t-t|                ', { t: token });
      const next = m.cold('                     u---------|     ');
      const expected = '       ---t-t-----t-t-t-u--------------|';
      const within = speculateWithin({ tokensPerMinute: 4 });
      const replies = source.pipe(
        within((turn, on): Observable<unknown> => (turn.turn === '0:0' ? from(drafted) : next.pipe(map(() => kind(turn, on))))),
      );

      m.expect(replies).toBeObservable(expected, { t: token, u: 'u' });
    }),
  );

  it(
    'starts no more drafts when the tokens are used up',
    marbles((m) => {
      const source = m.hot('   -s-e-r-f-F----|', turns);
      const reply = m.cold('      (ttt)      ', { t: token });
      const firstSubs = '      ---^-!         ';
      const secondSubs = '     ---------^-----';
      const expected = '       ---(ttt)-(ttt)';

      m.expect(source.pipe(speculateWithin({ tokensPerMinute: 3 })(() => reply))).toBeObservable(expected, { t: token });
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'passes to a reply how many drafts of its turn it shed',
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F-S-d---d-D----|', turns);
      const reply = '            x--|                 ';
      const expected = '      ---0-----1---------2----|';
      const shedOf = (_: TurnEvent, { shed = 0 }: On) => m.cold(reply).pipe(map(() => shed));
      const replies = source.pipe(speculateWithin({ draftsPerMinute: 1 })(shedOf));

      m.expect(replies).toBeObservable(expected, { 0: 0, 1: 1, 2: 2 });
    }),
  );

  it(
    'reports shed drafts once, and none of another turn',
    marbles((m) => {
      const unanswered = m.hot('-s-e-S-d-D----|', turns);
      const answered = '        ---------1----|';
      const again = m.hot('     -s-e-E 59990ms S-d------d-D-----D---|', turns);
      const once = '            ---0-- 59990ms ---------1-------0---|';
      const shedOf = (_: TurnEvent, { shed = 0 }: On) => m.cold('x--|').pipe(map(() => shed));
      const values = { 0: 0, 1: 1 };

      m.expect(unanswered.pipe(speculateWithin({ draftsPerMinute: 0 })(shedOf))).toBeObservable(answered, values);
      m.expect(again.pipe(speculateWithin({ draftsPerMinute: 1 })(shedOf))).toBeObservable(once, values);
    }),
  );

  it(
    'lets drafts speak up to another share if configured, or never',
    marbles((m) => {
      const source = m.hot('  -s-e-r-f-F----|', turns);
      const all = '           ---d---d------|';
      const none = '          ---u---u------|';
      const replies = (speechShare: number) =>
        source.pipe(
          speculateWithin({ draftsPerMinute: 2, speechShare })((turn, on) => m.cold('x--|').pipe(map(() => kind(turn, on)))),
        );

      m.expect(replies(1)).toBeObservable(all);
      m.expect(replies(0)).toBeObservable(none);
    }),
  );

  it(
    'works like replyMap without a limit',
    marbles((m) => {
      const source = m.hot('  -s--e----r---e--E------|', turns);
      const reply = m.cold('      --a-b-c-d|          ');
      const firstSubs = '     ----^----!             ';
      const secondSubs = '    -------------^--------!';
      const expected = '      ------a-b------a-b-c-d-|';

      m.expect(source.pipe(speculateWithin({})(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'has a budget for each subscriber',
    marbles((m) => {
      const source = m.hot('  -s-e-E---|', turns);
      const expected = '      ---d-----|';
      const replies = source.pipe(
        speculateWithin({ draftsPerMinute: 1 })((turn, on) => m.cold('x--|').pipe(map(() => kind(turn, on)))),
      );

      m.expect(replies).toBeObservable(expected);
      m.expect(replies).toBeObservable(expected);
    }),
  );

  it(
    'emits nothing without events, and passes an error of its source and of a reply',
    marbles((m) => {
      const within = speculateWithin({ draftsPerMinute: 1 });
      const thrower = () => {
        throw 'error';
      };

      m.expect(m.hot('  ----|', turns).pipe(within(() => NEVER))).toBeObservable('----|');
      m.expect(m.hot('  -s--#', turns).pipe(within(() => NEVER))).toBeObservable('----#');
      m.expect(m.hot('  -s-e-', turns).pipe(within(thrower))).toBeObservable('   ---#');
    }),
  );

  it(
    'unsubscribes from the turns and the reply when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -s-e-----', turns);
      const sourceSubs = '    ^----!   ';
      const reply = m.cold('     a-----');
      const replySubs = '     ---^-!   ';
      const leave = '         -----!   ';

      m.expect(source.pipe(speculateWithin({})(() => concat(of('x'), reply))), leave).toBeObservable('---(xa)', {
        x: 'x',
        a: 'a',
      });
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );
});
