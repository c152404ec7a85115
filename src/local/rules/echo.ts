import { contentWord } from '../plain.ts';
import type { RuleInput } from './replyRule.ts';

/** Of a longer text only the last words are repeated. */
const longest = 12;
const lastWords = 7;

const asks =
  /^(?:what|what's|who|whom|whose|where|when|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should|has|have|tell me)\b/;

/** Admits, in the caller's words, that no rule knows the question. */
export function question({ text, plain: words, oneOf }: RuleInput): string | undefined {
  if (!asks.test(words)) return undefined;
  const word = contentWord(text);
  const said = saidBack(text, oneOf(['You ask', 'Your question is', 'You want to know']), '?');
  return `${said} ${oneOf([`My rules know nothing about ${word}.`, `I have no rule for ${word} yet.`, `About ${word} I could only guess.`])}`;
}

/** Repeats the caller's words and asks for more. */
export function echo({ text, oneOf }: RuleInput): string {
  const word = contentWord(text);
  const said = saidBack(text, oneOf(['You said', 'What I heard is', 'Your words were']), '.');
  return `${said} ${oneOf([`Tell me more about ${word}.`, `What else about ${word}?`, `Go on about ${word}.`])}`;
}

function saidBack(text: string, opening: string, mark: string): string {
  const words = text
    .trim()
    .replace(/[\s.,;:!?]+$/, '')
    .split(/\s+/);
  if (words.length <= longest) return `${opening}: ${words.join(' ')}${mark}`;
  return `That was ${words.length} words, ending in: ${words.slice(-lastWords).join(' ')}${mark}`;
}
