import { defer, EMPTY, finalize, tap } from 'rxjs';
import type { TurnEvent } from '../events.ts';
import { LastMinute } from '../core/slidingWindow.ts';
import { replyMap, type On } from './replyMap.ts';

/** What may be spent on replies that may come to nothing. */
export interface SpeculationBudget {
  /** Drafts begun within 60 s. Defaults to no limit. */
  readonly draftsPerMinute?: number;
  /** Tokens that drafts received within 60 s, before it was sure that they hold. Defaults to no limit. */
  readonly tokensPerMinute?: number;
  /** The share of either budget, 0 to 1, up to which drafts may speak too. Defaults to 0.5. */
  readonly speechShare?: number;
}

/**
 * `replyMap` within a budget, for `agent` (`{ replyMap: speculateWithin({ draftsPerMinute: 20 }) }`) or a pipe of your own. As the
 * budget of the last minute is used up it sheds speculative speech first, then speculative text:
 *
 *     turns     -s-e-r-e-E--s-e-E--s-e-E-|      draftsPerMinute: 2, e: eager
 *     replies   ---d---u------------------      d: a draft like any; u: one that is `unspoken`, half of the budget being used;
 *                                 R    R        R: no draft any more, the reply begins at the turn's end
 *
 * A draft that is shed costs what speculation would have won, and no more: its turn is answered at its end, as without drafts. The
 * reply is told how many were (`shed`), and `ledger` counts them. No answer comes later than without drafts. That cannot hold where a
 * fault strikes one request and not another, for then something else is said; nor where a voice goes on sending after it was told to
 * be silent, for an answer that began sooner, and was cut, keeps it busy.
 *
 * What a draft costs is known only as it comes, so the last one may go beyond the budget of tokens. Tokens are values with
 * `type: 'Token'`. Each subscription has a budget of its own, and all else is as `replyMap` does it.
 */
export function speculateWithin({
  draftsPerMinute = Infinity,
  tokensPerMinute = Infinity,
  speechShare = 0.5,
}: SpeculationBudget): typeof replyMap {
  return (reply, config) => (events) =>
    defer(() => {
      const drafts = new LastMinute();
      const tokens = new LastMinute();
      const used = () => Math.max(share(drafts.spent, draftsPerMinute), share(tokens.spent, tokensPerMinute));
      let shed = { turn: '', drafts: 0 };

      const draft = (turn: TurnEvent, on: On) => {
        const unspoken = used() >= speechShare;
        drafts.add(1);
        let sure = false;
        const settled = on.settled.subscribe(() => {
          sure = true;
          shed.drafts = 0; // they are told of
        });
        return defer(() => reply(turn, unspoken ? { ...on, unspoken } : on)).pipe(
          tap((value) => !sure && isToken(value) && tokens.add(1)),
          finalize(() => settled.unsubscribe()),
        );
      };
      const answer = (turn: TurnEvent, on: On) => {
        if (turn.turn !== shed.turn) shed = { turn: turn.turn, drafts: 0 };
        if (turn.type === 'EagerEndOfTurn' && used() >= 1) {
          shed.drafts++;
          return EMPTY; // a draft that is over answers nothing
        }
        const told = shed.drafts > 0 ? { ...on, shed: shed.drafts } : on;
        if (turn.type === 'EagerEndOfTurn') return draft(turn, told);
        shed.drafts = 0;
        return reply(turn, told);
      };
      return events.pipe(replyMap(answer, config));
    });
}

const share = (spent: number, budget: number) => (budget > 0 ? spent / budget : 1);

const isToken = (value: unknown) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'Token';
