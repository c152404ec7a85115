import { upperFirst } from '../plain.ts';
import type { RuleInput } from './replyRule.ts';

const askedToRepeat = [
  /^(?:(?:can|could) you )?(?:please )?(?:say|repeat) (?:that|it)(?: again| once more)?(?: please)?$/,
  /^what did you (?:just )?say$/,
  /^(?:pardon|sorry)(?: me)?$/,
  /^come again$/,
];

/** "say that again" */
export function repeatThat({ plain: words, before }: RuleInput): string | undefined {
  if (!askedToRepeat.some((asked) => asked.test(words))) return undefined;
  return before === undefined ? `I have said nothing yet, but you said: ${words}.` : `I said: ${before}`;
}

/** "say good morning again" → "Good morning." */
export function repeatAfterMe({ text }: RuleInput): string | undefined {
  const asked =
    /^(?:now |please |can you |could you )*(?:say|repeat(?: after me)?)[,:]? (.+?)(?:,? (?:again|once more|please))*[.?!]*$/i;
  const words = asked.exec(text)?.[1];
  return words === undefined ? undefined : `${upperFirst(words)}.`;
}
