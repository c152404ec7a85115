import { defer, map, take, timer, type Observable } from 'rxjs';
import type { ChatMessage } from '../emulator/backend.ts';
import { answer } from './rules.ts';

const firstTokenMs = 150;
const tokenMs = 18;

/**
 * Emits the reply of the offline rules token by token, at the pace of a model: the first after 150 ms, then one each 18 ms.
 *
 *     think    150ms a 17ms b 17ms (c|)
 *
 * Cold; unsubscribing stops it.
 */
export function think(messages: readonly ChatMessage[], now: () => Date): Observable<string> {
  return defer(() => {
    const tokens = reply(messages, now()).match(/\s*\S+/g) ?? [];
    return timer(firstTokenMs, tokenMs).pipe(
      take(tokens.length),
      map((index) => tokens[index] ?? ''),
    );
  });
}

/** The rules' reply to a conversation: one answer to each user message since the last reply. */
export function reply(messages: readonly ChatMessage[], now: Date): string {
  const spoken = messages.filter(({ role }) => role === 'user' || role === 'assistant');
  const last = spoken.findLastIndex(({ role }) => role === 'assistant');
  const before = spoken[last]?.content;
  const turn = spoken.filter(({ role }) => role === 'user').length;
  const asked = [...new Set(spoken.slice(last + 1).map(({ content }) => content))];
  return asked.map((text) => answer({ text, before, now, oneOf: chooser(`${turn} ${text}`) })).join(' ');
}

/** Picks by a hash (FNV-1a) of the question. Each pick changes the hash, so that several picks differ. */
function chooser(seed: string): (wordings: readonly string[]) => string {
  let hash = 0x811c9dc5;
  const mix = (text: string) => {
    for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  };
  mix(seed);
  return (wordings) => {
    mix('.');
    return wordings[(hash >>> 8) % wordings.length] ?? '';
  };
}
