import { createHmac, randomBytes } from 'node:crypto';

/** Replaces the words of a text by placeholders of the same length; the same word always gives the same placeholder. */
export type Redacting = (text: string) => string;

const letters = 'abcdefghijklmnopqrstuvwxyz';
const hasCase = /\p{Lu}/u;

/**
 * Makes a function that redacts texts. Letters become letters and digits become digits, chosen by a key that is not stored. Case and
 * punctuation stay, and equal words stay equal (ignoring case), so lengths, sentences and comparisons of texts still work.
 *
 *     'Book a table for 4.'    'Qmzi w hxoat kej 7.'
 *
 * It does not hide who speaks when, how much, or how often a word occurs.
 */
export function redacting(key: Uint8Array = randomBytes(32)): Redacting {
  const placeholder = (word: string): string => {
    const bytes = createHmac('sha256', key).update(word.toLowerCase()).digest();
    return Array.from(word, (character, at) => inPlaceOf(character, bytes[at % bytes.length] ?? 0)).join('');
  };
  return (text) => text.replace(/[\p{L}\p{M}\p{N}]+/gu, placeholder);
}

function inPlaceOf(character: string, byte: number): string {
  if (/\p{N}/u.test(character)) return String(byte % 10);
  const letter = letters[byte % letters.length] ?? 'x';
  return hasCase.test(character) ? letter.toUpperCase() : letter;
}

/** Fields of events, messages and controls with words of people or the model. */
const said: ReadonlySet<string> = new Set(['transcript', 'word', 'text', 'spoken', 'heard', 'content', 'say', 'greeting']);

/** Fields of wire messages without such words. */
const technical: ReadonlySet<string> = new Set(['type', 'event', 'trigger', 'code', 'warn_code', 'description', 'languages']);

/** Redacts the texts of these fields, at any depth. The prompt stays. */
export function withoutWords<T>(value: T, redact: Redacting, isSaid = (field: string) => said.has(field)): T {
  const inside = (part: unknown, hidden: boolean): unknown => {
    if (typeof part === 'string') return hidden ? redact(part) : part;
    if (Array.isArray(part)) return part.map((one) => inside(one, hidden));
    if (typeof part !== 'object' || part === null) return part;
    if ('role' in part && part.role === 'system') return part;
    return Object.fromEntries(Object.entries(part).map(([field, one]) => [field, inside(one, isSaid(field))]));
  };
  return inside(value, false) as T;
}

/** Redacts a text frame: all fields but the technical ones. */
export function frameWithoutWords(text: string, redact: Redacting): string {
  try {
    const message: unknown = JSON.parse(text);
    const isSaid = (field: string) => !technical.has(field) && !/(_id|_name|_version|_uuid)$/.test(field);
    if (typeof message === 'object' && message !== null) return JSON.stringify(withoutWords(message, redact, isSaid));
  } catch {
    // not a message: all of it may be words
  }
  return redact(text);
}
