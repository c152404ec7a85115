import { findSum } from '../arithmetic.ts';
import { upperFirst } from '../plain.ts';
import type { RuleInput } from './replyRule.ts';

/** "seventeen plus four" → "Seventeen plus four is 21." */
export function sum({ text }: RuleInput): string | undefined {
  const found = findSum(text);
  if (!found) return undefined;
  const said = upperFirst(found.words);
  if (found.value === undefined) return `${said} has no answer, for nothing can be divided by zero.`;
  const rounded = Number(found.value.toFixed(2));
  return `${said} is ${rounded === found.value ? '' : 'about '}${rounded}.`;
}

export function time({ plain: words, now, oneOf }: RuleInput): string | undefined {
  if (!/\b(?:what|what's|which|tell|know|have|got|current)\b.*\btime\b/.test(words)) return undefined;
  const clock = now.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }).replace(/\s/g, ' ');
  return oneOf([`The time is ${clock}.`, `My clock shows ${clock}.`, `It is ${clock} now.`]);
}

export function date({ plain: words, now }: RuleInput): string | undefined {
  const asked = /\b(?:what|what's|which|tell|know)\b.*\b(day|date|month|year)\b/.exec(words)?.[1];
  if (asked === undefined) return undefined;
  if (asked === 'year') return `The year is ${now.getFullYear()}.`;
  if (asked === 'month') return `The month is ${now.toLocaleDateString('en-US', { month: 'long' })}.`;
  const away = words.includes('tomorrow') ? 1 : words.includes('yesterday') ? -1 : 0;
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + away);
  const long = day.toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
  return `${['Yesterday was', 'Today is', 'Tomorrow will be'][away + 1] ?? ''} ${long}.`;
}
