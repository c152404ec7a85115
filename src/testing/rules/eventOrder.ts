import { hasWords } from '../../../operators/turns/equivalent.ts';
import type { AgentEvent, TurnEvent } from '../../../operators/events.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { Rule } from './callRule.ts';

/**
 * Numbers, times and turns come in a legal order: a turn starts once, before all else of it, has words, ends once or is ignored,
 * and only then is another one open; what is taken has ended; the moments of a reply stand right before its end.
 */
export const order: Rule = (tell, told) => {
  let last: AgentEvent | undefined;
  let open: { readonly turn: string; eager: boolean } | undefined;
  const over = new Map<string, 'ended' | 'done'>();

  const turn = (event: AgentEvent & TurnEvent) => {
    const wrong = (how: string) => tell('order', `${event.type} of turn ${event.turn} ${how}.`, event.id);
    const own = open?.turn === event.turn;
    if (event.type === 'StartOfTurn') {
      if (open) wrong(`while turn ${open.turn} is open`);
      if (over.has(event.turn)) wrong('after its end');
      open = { turn: event.turn, eager: false };
      return;
    }
    if (!own && (event.type !== 'Update' || hasWords(event.transcript))) wrong('which is not open');
    if (event.type === 'TurnResumed' && !open?.eager) wrong('which nobody took to be over');
    if (event.type.endsWith('EndOfTurn') && !hasWords(event.transcript)) wrong('without words');
    if (open && own && event.type !== 'Update') open.eager = event.type === 'EagerEndOfTurn';
    if (event.type !== 'EndOfTurn') return;
    if (own) open = undefined;
    over.set(event.turn, 'ended');
  };

  return {
    see(event) {
      const { id, at } = event;
      if (id !== (last?.id ?? 0) + 1) tell('order', `Event ${id} follows event ${last?.id ?? 0}.`, id);
      if (event.cause !== undefined && event.cause >= id) tell('order', `Event ${id} is caused by a later one.`, id, event.cause);
      if (last && at < last.at) tell('order', `Time goes back from ${last.at} to ${at}.`, last.id, id);
      if (at > told.hungUpAt) tell('late', `${event.type} after the call was hung up.`, id);
      if (last?.type === 'Closed') tell('order', `${event.type} after Closed.`, last.id, id);
      if (event.type === 'ReplyEnded' && (last?.type !== 'Latency' || last.reply !== event.reply))
        tell('order', `ReplyEnded without Latency before it.`, id);

      if (isTurnEvent(event)) turn(event);
      else if (event.type === 'TurnTaken') {
        if (!event.turn.startsWith('text:') && over.get(event.turn) !== 'ended')
          tell('order', `Turn ${event.turn} is taken, which has not ended or is done with.`, id);
        over.set(event.turn, 'done');
      } else if (event.type === 'TurnIgnored') {
        if (over.get(event.turn) === 'done') tell('order', `Turn ${event.turn} is ignored, which is done with.`, id);
        over.set(event.turn, 'done');
        if (open?.turn === event.turn) open = undefined;
      }
      last = event;
    },
  };
};
