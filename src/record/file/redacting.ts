import { createHmac, randomBytes } from 'node:crypto';

/** Makes a text unreadable: words stay as many and as long, and the same word stays the same. */
export type Redacting = (text: string) => string;

const letters = 'abcdefghijklmnopqrstuvwxyz';
const hasCase = /\p{Lu}/u;

/**
 * Takes the words out of what was said. Each becomes letters of the same number, chosen by a key that is kept nowhere, so that
 * nobody can look for a word; digits become digits. Case and punctuation stay, and equal words stay equal (but for case): what
 * depends on the length of a text, on its sentences, or on two texts being the same, is as it was.
 *
 *     'Book a table for 4.'    'Qmzi w hxoat kej 7.'
 *
 * It hides words, not who speaks when, how much, or how often one word comes.
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

/** Fields of events, messages and controls that hold what was said. */
const said: ReadonlySet<string> = new Set(['transcript', 'word', 'text', 'spoken', 'heard', 'content', 'say', 'greeting']);

/** Fields of messages on the wire whose text nobody said. */
const technical: ReadonlySet<string> = new Set(['type', 'event', 'trigger', 'code', 'warn_code', 'description', 'languages']);

/** A value with the texts of these fields redacted, however deep. The prompt is not something that was said. */
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

/** A frame of text: of what is not known to be technical, all is taken to be said. */
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
