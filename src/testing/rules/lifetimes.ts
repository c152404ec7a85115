import type { RuleName } from '../result.ts';
import type { CallRule } from './callRule.ts';

/**
 * One draft or reply is alive at a time. It starts once and ends once. It has no events after its end, and a draft is not heard.
 */
export const lifetimes: CallRule = (report) => {
  const states = new Map<number, 'draft' | 'reply' | 'over'>();
  let live: { readonly reply: number; readonly id: number } | undefined;

  return {
    onEvent(event) {
      if (event.type === 'TurnTaken' && live && states.get(live.reply) === 'reply')
        report('order', `Turn ${event.turn} is taken before reply ${live.reply} has ended.`, live.id, event.id);
      if (!('reply' in event)) return;
      const { reply, id, type } = event;
      const state = states.get(reply);
      const wrong = (rule: RuleName, how: string) => report(rule, `${type} of reply ${reply} ${how}.`, live?.id ?? id, id);

      switch (type) {
        case 'DraftStarted':
        case 'ReplyStarted':
          if (live && live.reply !== reply) wrong('two', `while reply ${live.reply} is alive`);
          if (state !== undefined && !(state === 'draft' && type === 'ReplyStarted' && event.drafted))
            wrong('two', 'a second time');
          if (state === undefined && type === 'ReplyStarted' && event.drafted) wrong('order', 'which was never a draft');
          states.set(reply, type === 'DraftStarted' ? 'draft' : 'reply');
          live = { reply, id };
          return;
        case 'DraftDropped':
        case 'ReplyEnded':
          if (state !== (type === 'DraftDropped' ? 'draft' : 'reply')) wrong('late', `which is ${state ?? 'unknown'}`);
          states.set(reply, 'over');
          if (live?.reply === reply) live = undefined;
          return;
        case 'Latency':
          return;
        case 'Token':
        case 'Sentence':
        case 'AudioStarted':
          if (state === undefined || state === 'over') wrong('late', 'which is over');
          return;
        default:
          if (state === 'draft') wrong('unsettled', 'which is a draft');
          else if (state !== 'reply') wrong('late', 'which is over');
      }
    },
    onClosed() {
      if (live) report('unended', `Reply ${live.reply} started and never ended.`, live.id);
    },
  };
};
