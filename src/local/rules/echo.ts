import { contentWord } from '../plain.ts';
import type { Said } from './rule.ts';

/** Longer texts are not said back whole. */
const longest = 14;

const asks =
  /^(?:what|what's|who|whom|whose|where|when|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should|has|have|tell me)\b/;

/** A question that no rule knows: says so, with the caller's words. */
export function question({ text, plain: words, oneOf }: Said): string | undefined {
  if (!asks.test(words)) return undefined;
  const word = contentWord(text);
  const opening = oneOf(['You ask', 'Your question is', 'You want to know']);
  const close = oneOf([
    `My rules know nothing about ${word}.`,
    `I have no rule for ${word} yet.`,
    `About ${word} I could only guess.`,
  ]);
  return `${opening}: ${ending(text, '?')} ${close}`;
}

/** Anything else: says the caller's words back and asks for more. */
export function echo({ text, oneOf }: Said): string {
  const word = contentWord(text);
  const opening = oneOf(['You said', 'What I heard is', 'Your words were']);
  return `${opening}: ${ending(text, '.')} ${oneOf([`Tell me more about ${word}.`, `What else about ${word}?`, `Go on about ${word}.`])}`;
}

/** The caller's words, or how many and the last of them, with a mark of our own. */
function ending(text: string, mark: string): string {
  const words = text.trim().split(/\s+/);
  const last = words
    .slice(-longest)
    .join(' ')
    .replace(/[\s.,;:!?]+$/, '');
  return words.length > longest ? `${words.length} words, the last of them, ${last}${mark}` : `${last}${mark}`;
}
