import { equivalent } from '../../../operators/turns/equivalent.ts';
import type { AgentEvent, TurnEvent } from '../../../operators/events.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { Rule } from './callRule.ts';

interface Draft {
  readonly reply: number;
  readonly id: number;
  /** What it answers. */
  readonly turn: TurnEvent;
  /** What it must be dropped for or kept for, in the same millisecond. */
  due?: AgentEvent;
}

/**
 * A draft answers the words of the `EagerEndOfTurn` that began it. It is gone in the tick in which its turn goes on or another one
 * starts, and is kept when its turn ends with the same words; a reply that was drafted answers those words and no others.
 */
export const speculation: Rule = (tell) => {
  let eager: TurnEvent | undefined;
  let draft: Draft | undefined;

  const check = (at: number) => {
    if (!draft?.due || at === draft.due.at) return;
    const { due, reply, id } = draft;
    tell(due.type === 'EndOfTurn' ? 'wasted' : 'resumed', `Draft ${reply} lives on after ${due.type}.`, id, due.id);
    draft = undefined;
  };

  return {
    see(event) {
      check(event.at);
      if (isTurnEvent(event)) {
        if (event.type === 'EagerEndOfTurn') eager = event;
        else if (event.type !== 'Update') eager = undefined;
        const own = event.turn === draft?.turn.turn;
        const ends = event.type === 'StartOfTurn' ? !own : own && (event.type === 'TurnResumed' || event.type === 'EndOfTurn');
        if (draft && ends) draft.due = event;
      }
      if (event.type === 'DraftStarted') {
        if (eager?.turn === event.turn) draft = { reply: event.reply, id: event.id, turn: eager };
        else tell('draft', `Draft ${event.reply} answers no EagerEndOfTurn that stands.`, event.id);
      }
      if (event.type === 'DraftDropped' && draft?.reply === event.reply) {
        const { due, turn, id } = draft;
        if (due?.type === 'EndOfTurn' && equivalent(turn.transcript, (due as TurnEvent).transcript))
          tell('wasted', `Draft ${event.reply} is dropped though its turn ended with its words.`, id, due.id, event.id);
        draft = undefined;
      }
      if (event.type === 'ReplyStarted' && event.drafted && draft?.reply === event.reply) {
        const { due, turn, id } = draft;
        if (due?.type !== 'EndOfTurn')
          tell('unsettled', `Draft ${event.reply} became the reply before its turn was over.`, id, event.id);
        else if (!equivalent(turn.transcript, (due as TurnEvent).transcript))
          tell('words', `Reply ${event.reply} answers other words than the turn's.`, id, due.id, event.id);
        draft = undefined;
      }
    },
    closed: () => check(Infinity),
  };
};
