import type { AgentEvent, TurnEvent } from '../../../operators/events.ts';
import { equivalent } from '../../../operators/turns/equivalent.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { CallRule } from './callRule.ts';

interface Draft {
  readonly reply: number;
  readonly id: number;
  /** The event that it answers. */
  readonly turn: TurnEvent;
  /** The event at which it must be dropped or kept, in the same millisecond. */
  due?: AgentEvent;
}

/**
 * A draft answers the words of the `EagerEndOfTurn` that started it. It is dropped in the tick in which its turn resumes or another
 * turn starts, and kept when its turn ends with the same words, and only then.
 */
export const draftRules: CallRule = (report) => {
  let eager: TurnEvent | undefined;
  let draft: Draft | undefined;

  const check = (at: number) => {
    if (!draft?.due || at === draft.due.at) return;
    const { due, reply, id } = draft;
    report(due.type === 'EndOfTurn' ? 'wasted' : 'resumed', `Draft ${reply} is still alive after ${due.type}.`, id, due.id);
    draft = undefined;
  };

  return {
    onEvent(event) {
      check(event.at);
      if (isTurnEvent(event)) {
        if (event.type === 'EagerEndOfTurn') eager = event;
        else if (event.type !== 'Update') eager = undefined;
        const sameTurn = event.turn === draft?.turn.turn;
        const isDue = sameTurn ? event.type === 'TurnResumed' || event.type === 'EndOfTurn' : event.type === 'StartOfTurn';
        if (draft && isDue) draft.due = event;
      }
      if (event.type === 'DraftStarted') {
        if (eager?.turn === event.turn) draft = { reply: event.reply, id: event.id, turn: eager };
        else report('draft', `Draft ${event.reply} started without an EagerEndOfTurn that still holds.`, event.id);
      }
      if (!draft || !('reply' in event) || event.reply !== draft.reply) return;
      const { due, turn, id } = draft;
      const fits = due?.type === 'EndOfTurn' && equivalent(turn.transcript, (due as TurnEvent).transcript);
      if (event.type === 'DraftDropped') {
        if (fits)
          report('wasted', `Draft ${event.reply} was dropped although its turn ended with the same words.`, id, due.id, event.id);
        draft = undefined;
      }
      if (event.type === 'ReplyStarted' && event.drafted) {
        if (due?.type !== 'EndOfTurn')
          report('unsettled', `Draft ${event.reply} became the reply before its turn ended.`, id, event.id);
        else if (!fits)
          report('words', `Reply ${event.reply} answers other words than its turn ended with.`, id, due.id, event.id);
        draft = undefined;
      }
    },
    onClosed: () => check(Infinity),
  };
};
