/**
 * Removes what the recogniser hallucinates: a group of one to five words that comes three times or more in a row is kept once,
 * and a text without a letter or digit becomes empty.
 */
export function withoutHallucinations(text: string): string {
  if (!/[\p{L}\p{N}]/u.test(text)) return '';
  const words = text.trim().split(/\s+/);
  const kept: string[] = [];
  for (let at = 0; at < words.length;) {
    const { size, rounds } = loopAt(words, at) ?? { size: 1, rounds: 1 };
    // The last round is kept: its punctuation fits the words that follow.
    const last = at + size * (rounds - 1);
    at = last + size;
    kept.push(...words.slice(last, at));
  }
  return kept.join(' ');
}

/** The letters and digits of a word, in lower case. */
export function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function loopAt(words: readonly string[], at: number): { size: number; rounds: number } | undefined {
  for (let size = 1; size <= 5; size++) {
    const round = (index: number) => words.slice(at + index * size, at + (index + 1) * size).map(lettersOf);
    const first = round(0).join(' ');
    let rounds = 1;
    while (at + (rounds + 1) * size <= words.length && round(rounds).join(' ') === first) rounds++;
    if (rounds >= 3) return { size, rounds };
  }
  return undefined;
}
