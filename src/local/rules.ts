import { plain } from './plain.ts';
import { command } from './rules/repeatedCommand.ts';
import { echo, question } from './rules/echo.ts';
import { date, sum, time } from './rules/plainFacts.ts';
import { repeatAfterMe, repeatThat } from './rules/repeat.ts';
import type { Rule, RuleInput } from './rules/replyRule.ts';
import { abilities, assent, farewell, greeting, mood, thanks } from './rules/talk.ts';

/**
 * The offline rules, tried in this order. They are no language model: they put the caller's words into fixed sentences, so
 * different questions get different answers.
 */
const rules: readonly Rule[] = [
  ...[nothing, repeatThat, repeatAfterMe, sum, time, date, abilities, thanks, greeting, farewell, mood, assent],
  ...[command, question, echo],
];

/** The answer of the first rule that has one: one or two sentences. */
export function answer(asked: Omit<RuleInput, 'plain'>): string {
  const input = { ...asked, plain: plain(asked.text) };
  for (const rule of rules) {
    const reply = rule(input);
    if (reply !== undefined) return reply;
  }
  return '';
}

function nothing({ plain: words }: RuleInput): string | undefined {
  return words === '' ? 'I did not catch any words.' : undefined;
}
