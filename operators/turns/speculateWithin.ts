import { defer, EMPTY, finalize, tap } from 'rxjs';
import type { TurnEvent } from '../events.ts';
import { SlidingWindow } from '../core/slidingWindow.ts';
import { replyMap, type On } from './replyMap.ts';

/** What drafts may cost. */
export interface SpeculationBudget {
  /** Drafts started within 60 s. Defaults to no limit. */
  readonly draftsPerMinute?: number;
  /** Tokens that drafts received within 60 s before they settled. Defaults to no limit. */
  readonly tokensPerMinute?: number;
  /** The share of either budget, 0 to 1, up to which drafts may use speech too. Defaults to 0.5. */
  readonly speechShare?: number;
}

/**
 * `replyMap` within a budget, for `agent` (`{ replyMap: speculateWithin({ draftsPerMinute: 20 }) }`) or a pipeline of your own. As
 * the budget of the last minute runs out, it sheds speculative speech first, then speculative text.
 *
 *     turns     -s-e-r-e-E--s-e-E--s-e-E-|      draftsPerMinute: 2, e: eager
 *     replies   ---d---u------------------      d: a draft; u: an `unspoken` draft, since half of the budget is used
 *                               R      R        R: no draft, the reply starts at the end of the turn
 *
 * A turn whose draft was shed is answered at its end, as without drafts. Its reply receives the number of shed drafts (`shed`), and
 * `ledger` counts them. No answer is later than without drafts, with two exceptions: a fault that hits one request and not another
 * changes what is answered, and a voice that goes on sending after a `Clear` is still busy with the reply that was cut.
 *
 * The tokens of a draft are counted as they arrive, so the last draft may exceed the budget. Tokens are values with
 * `type: 'Token'`. Each subscription has its own budget. Everything else is as in `replyMap`.
 */
export function speculateWithin({
  draftsPerMinute = Infinity,
  tokensPerMinute = Infinity,
  speechShare = 0.5,
}: SpeculationBudget): typeof replyMap {
  return (reply, config) => (events) =>
    defer(() => {
      const drafts = new SlidingWindow(minuteMs);
      const tokens = new SlidingWindow(minuteMs);
      const used = () => Math.max(share(drafts.sum, draftsPerMinute), share(tokens.sum, tokensPerMinute));
      let shed = { turn: '', drafts: 0 };

      const draft = (turn: TurnEvent, on: On) => {
        const unspoken = used() >= speechShare;
        drafts.add(1);
        let isSettled = false;
        const settled = on.settled.subscribe(() => {
          isSettled = true;
          shed.drafts = 0; // The reply has received the number.
        });
        return defer(() => reply(turn, unspoken ? { ...on, unspoken } : on)).pipe(
          tap((value) => !isSettled && isToken(value) && tokens.add(1)),
          finalize(() => settled.unsubscribe()),
        );
      };
      const answer = (turn: TurnEvent, on: On) => {
        if (turn.turn !== shed.turn) shed = { turn: turn.turn, drafts: 0 };
        if (turn.type === 'EagerEndOfTurn' && used() >= 1) {
          shed.drafts++;
          return EMPTY; // A completed draft answers nothing.
        }
        const counted = shed.drafts > 0 ? { ...on, shed: shed.drafts } : on;
        if (turn.type === 'EagerEndOfTurn') return draft(turn, counted);
        shed.drafts = 0;
        return reply(turn, counted);
      };
      return events.pipe(replyMap(answer, config));
    });
}

const minuteMs = 60_000;

const share = (spent: number, budget: number) => (budget > 0 ? spent / budget : 1);

const isToken = (value: unknown) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'Token';
