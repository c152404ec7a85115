import { upperFirst } from '../plain.ts';
import type { RuleInput } from './replyRule.ts';

const help = /\bwhat (?:else )?can you do\b|\bwhat do you do\b|\bhow can you help\b|^(?:please )?help(?: me)?(?: please)?$/;
const identity =
  /\b(?:who|what) are you\b(?! \w)|\bare you (?:a |an )?(?:robot|machine|computer|human|real|ai|person|language model)\b/;
const gratitude =
  /^(?:ok |okay |great |well )?(?:(?:thanks|thank you)(?: (?:a lot|very much|so much|again|for .+))?|much obliged|cheers)$/;
const hello =
  /^(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings|howdy)(?: (?:there|robot|again|everyone|you|hello|sluice))*$/;
const goodbye =
  /^(?:ok |okay |well )?(?:goodbye|good bye|bye|bye bye|good night|see you(?: later| soon| tomorrow)?|farewell|so long)(?: (?:now|robot))?$/;
const health = /\b(how are you(?: doing| today)*|how do you (?:feel|do)|how is it going|how's it going)\b/;
const yesOrNo =
  /^(?:yes|yeah|yep|sure|ok|okay|right|exactly|correct|no|nope|no thanks|no thank you|not really|never|maybe|perhaps)(?: please)?$/;

/** Answers questions about the agent itself. */
export function abilities({ plain: words }: RuleInput): string | undefined {
  if (/\bwhat(?:'s| is) your name\b/.test(words)) return 'My name is Sluice, and I am a set of offline rules.';
  if (identity.test(words)) return `You ask: ${words}? I am a small set of offline rules, not a language model.`;
  if (!help.test(words)) return undefined;
  return /\belse\b/.test(words)
    ? 'Nothing else, I am afraid: orders, sums, time and date, and repeating.'
    : 'I can take orders, do sums, tell time and date, and repeat what you say, all by offline rules.';
}

export function thanks({ plain: words }: RuleInput): string | undefined {
  return gratitude.test(words) ? `You are welcome. It was good of you to say: ${words}.` : undefined;
}

export function greeting({ plain: words, oneOf }: RuleInput): string | undefined {
  if (!hello.test(words)) return undefined;
  return `${upperFirst(words)} to you too. ${oneOf(['What shall I do?', 'What would you like?', 'How can I help?'])}`;
}

export function farewell({ plain: words }: RuleInput): string | undefined {
  return goodbye.test(words) ? `${upperFirst(words)} to you too, and thank you for calling.` : undefined;
}

export function mood({ plain: words }: RuleInput): string | undefined {
  const asked = health.exec(words)?.[1];
  return asked === undefined ? undefined : `You ask: ${asked}? All my rules are in order.`;
}

export function assent({ plain: words }: RuleInput): string | undefined {
  return yesOrNo.test(words) ? `You said ${words}, and I will keep to it.` : undefined;
}
