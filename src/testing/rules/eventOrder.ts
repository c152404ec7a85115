import type { AgentEvent, TurnEvent } from '../../../operators/events.ts';
import { hasWords } from '../../../operators/turns/equivalent.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { CallRule } from './callRule.ts';

/**
 * Ids count up, time never goes back, and turns come in a legal order: a turn starts once, before its other events, ends once with
 * words or is ignored, and only then another one starts. Only an ended turn is taken. `Latency` comes right before `ReplyEnded`.
 */
export const eventOrder: CallRule = (report, settings) => {
  let last: AgentEvent | undefined;
  let open: { readonly turn: string; eager: boolean } | undefined;
  const over = new Map<string, 'ended' | 'done'>();

  const onTurn = (event: AgentEvent & TurnEvent) => {
    const wrong = (how: string) => report('order', `${event.type} of turn ${event.turn} ${how}.`, event.id);
    const sameTurn = open?.turn === event.turn;
    if (event.type === 'StartOfTurn') {
      if (open) wrong(`while turn ${open.turn} is open`);
      if (over.has(event.turn)) wrong('after its end');
      open = { turn: event.turn, eager: false };
      return;
    }
    if (!sameTurn && (event.type !== 'Update' || hasWords(event.transcript))) wrong('which is not open');
    if (event.type === 'TurnResumed' && !open?.eager) wrong('without an EagerEndOfTurn before it');
    if (event.type.endsWith('EndOfTurn') && !hasWords(event.transcript)) wrong('without words');
    if (open && sameTurn && event.type !== 'Update') open.eager = event.type === 'EagerEndOfTurn';
    if (event.type !== 'EndOfTurn') return;
    if (sameTurn) open = undefined;
    over.set(event.turn, 'ended');
  };

  return {
    onEvent(event) {
      const { id, at } = event;
      const wrong = (message: string, ...events: readonly number[]) => report('order', message, ...events);
      if (id !== (last?.id ?? 0) + 1) wrong(`Event ${id} follows event ${last?.id ?? 0}.`, id);
      if (event.cause !== undefined && event.cause >= id) wrong(`Event ${id} is caused by a later one.`, id, event.cause);
      if (last && at < last.at) wrong(`Time goes back from ${last.at} to ${at}.`, last.id, id);
      if (at > settings.hungUpAt) report('late', `${event.type} after the call was hung up.`, id);
      if (last?.type === 'Closed') wrong(`${event.type} after Closed.`, last.id, id);
      if (event.type === 'ReplyEnded' && (last?.type !== 'Latency' || last.reply !== event.reply))
        wrong(`ReplyEnded without Latency right before it.`, id);

      if (isTurnEvent(event)) onTurn(event);
      else if (event.type === 'TurnTaken') {
        if (!event.turn.startsWith('text:') && over.get(event.turn) !== 'ended')
          wrong(`Turn ${event.turn} is taken, but it has not ended, or was taken or ignored before.`, id);
        over.set(event.turn, 'done');
      } else if (event.type === 'TurnIgnored') {
        if (over.get(event.turn) === 'done') wrong(`Turn ${event.turn} is ignored, but was taken or ignored before.`, id);
        over.set(event.turn, 'done');
        if (open?.turn === event.turn) open = undefined;
      }
      last = event;
    },
  };
};
