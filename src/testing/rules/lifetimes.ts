import type { RuleName } from '../result.ts';
import type { Rule } from './callRule.ts';

/**
 * One draft or reply lives at a time. It is begun once and ended once; nothing comes of it after that, and nothing is heard of it
 * while it is a draft.
 */
export const lives: Rule = (tell) => {
  const states = new Map<number, 'draft' | 'reply' | 'over'>();
  let living: { readonly reply: number; readonly id: number } | undefined;

  return {
    see(event) {
      if (event.type === 'TurnTaken' && living && states.get(living.reply) === 'reply')
        tell('order', `Turn ${event.turn} is taken before reply ${living.reply} has ended.`, living.id, event.id);
      if (!('reply' in event)) return;
      const { reply, id, type } = event;
      const state = states.get(reply);
      const wrong = (rule: RuleName, how: string) => tell(rule, `${type} of reply ${reply} ${how}.`, living?.id ?? id, id);

      switch (type) {
        case 'DraftStarted':
        case 'ReplyStarted':
          if (living && living.reply !== reply) wrong('two', `while reply ${living.reply} lives`);
          if (state !== undefined && !(state === 'draft' && type === 'ReplyStarted' && event.drafted))
            wrong('two', 'a second time');
          if (state === undefined && type === 'ReplyStarted' && event.drafted) wrong('order', 'which was never a draft');
          states.set(reply, type === 'DraftStarted' ? 'draft' : 'reply');
          living = { reply, id };
          return;
        case 'DraftDropped':
        case 'ReplyEnded':
          if (state !== (type === 'DraftDropped' ? 'draft' : 'reply')) wrong('late', `which is ${state ?? 'unknown'}`);
          states.set(reply, 'over');
          if (living?.reply === reply) living = undefined;
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
    closed() {
      if (living) tell('unended', `Reply ${living.reply} was begun and never ended.`, living.id);
    },
  };
};
