/**
 * What the recogniser invents, taken out: a group of one to five words said three times or more in a row becomes one, and a
 * text without a letter or digit becomes nothing.
 */
export function guarded(text: string): string {
  if (!/[\p{L}\p{N}]/u.test(text)) return '';
  return withoutLoops(text.trim().split(/\s+/)).join(' ');
}

/** The bare word: letters and digits only, in lower case. */
export function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function withoutLoops(words: string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length;) {
    const loop = loopAt(words, at);
    // The last round is kept: its punctuation is that of what follows.
    if (loop !== undefined) at += loop.size * (loop.rounds - 1);
    const size = loop?.size ?? 1;
    kept.push(...words.slice(at, at + size));
    at += size;
  }
  return kept;
}

function loopAt(words: readonly string[], at: number): { size: number; rounds: number } | undefined {
  for (let size = 1; size <= 5; size += 1) {
    let rounds = 1;
    while (same(words, at, at + rounds * size, size)) rounds += 1;
    if (rounds >= 3) return { size, rounds };
  }
  return undefined;
}

function same(words: readonly string[], one: number, other: number, size: number): boolean {
  if (other + size > words.length) return false;
  for (let i = 0; i < size; i += 1) if (bare(words[one + i] ?? '') !== bare(words[other + i] ?? '')) return false;
  return true;
}
