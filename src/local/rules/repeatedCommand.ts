import { commandVerbs, gerund } from '../gerund.ts';
import { upperFirst } from '../plain.ts';
import type { RuleInput } from './replyRule.ts';

const courtesies =
  /^(?:(?:please|now|then|robot|okay|ok|and|well|just|can you|could you|would you|will you|i want you to|you should) )+/;
/** The caller's "me" is the agent's "you". */
const turned: Readonly<Record<string, string>> = {
  me: 'you',
  my: 'your',
  mine: 'yours',
  myself: 'yourself',
  you: 'me',
  your: 'my',
  yours: 'mine',
  yourself: 'myself',
};

/** Confirms a command: "go forward ten meters" → "Going forward ten meters." */
export function command({ plain: words, oneOf }: RuleInput): string | undefined {
  const order = words.replace(courtesies, '').replace(/ please$/, '');
  const [verb = '', ...rest] = order.split(' ');
  if (!commandVerbs.has(verb) || /^(?:is|are|was|were|has|had|you|i|we|they)$/.test(rest[0] ?? '')) return undefined;
  const doing = rest.map((word, index) =>
    /^(?:and|then)$/.test(rest[index - 1] ?? '') && commandVerbs.has(word) ? gerund(word) : (turned[word] ?? word),
  );
  const kindly = /\bplease\b/.test(words) ? ', since you ask so kindly' : '';
  const next = oneOf(['Tell me when to stop.', 'What comes next?', 'Say the word if you want something else.']);
  return `${upperFirst([gerund(verb), ...doing].join(' '))}${kindly}. ${next}`;
}
