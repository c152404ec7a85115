import { plain } from './plain.ts';
import { command } from './rules/repeatedCommand.ts';
import { echo, question } from './rules/echo.ts';
import { date, sum, time } from './rules/plainFacts.ts';
import { repeatAfterMe, repeatThat } from './rules/repeat.ts';
import type { Rule, Said } from './rules/replyRule.ts';
import { abilities, assent, farewell, greeting, mood, thanks } from './rules/talk.ts';

/**
 * The offline rules, tried in this order. They are no language model: they take the caller's words apart and put them back into
 * the answer. Different questions get different answers, for an answer holds the words that made the question.
 */
const rules: readonly Rule[] = [
  nothing,
  repeatThat,
  repeatAfterMe,
  sum,
  time,
  date,
  abilities,
  thanks,
  greeting,
  farewell,
  mood,
  assent,
  command,
  question,
  echo,
];

/** What the rules answer: one or two sentences. */
export function answer(said: Omit<Said, 'plain'>): string {
  const heard = { ...said, plain: plain(said.text) };
  for (const rule of rules) {
    const reply = rule(heard);
    if (reply !== undefined) return reply;
  }
  return '';
}

function nothing({ plain: words }: Said): string | undefined {
  return words === '' ? 'I did not catch any words.' : undefined;
}
