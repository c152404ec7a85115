const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const runs = /\S+/g;
let segmenter: Intl.Segmenter | undefined;

/**
 * Returns where the words of a text end, ascending. White space separates words; punctuation belongs to its word ("$3.50,").
 * `Intl.Segmenter` finds the words of scripts without spaces.
 */
export function wordEnds(text: string): readonly number[] {
  const ends: number[] = [];
  runs.lastIndex = 0;
  for (let found = runs.exec(text); found; found = runs.exec(text)) {
    const { 0: run, index } = found;
    if (unspaced.test(run)) for (const part of segmented(run)) addEnd(ends, index + part.index, index, part.isWordLike);
    ends.push(index + run.length);
  }
  return ends;
}

/** Returns the words of a text, each with its punctuation. */
export function wordsIn(text: string): readonly string[] {
  const ends = wordEnds(text);
  return ends.map((end, k) => text.slice(ends[k - 1] ?? 0, end).trim());
}

/** Created late: it is slow to create, and few texts need it. */
const segmented = (run: string) => (segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })).segment(run);

/** Adds the place before a word: its punctuation stays with the word before. */
function addEnd(ends: number[], at: number, runStart: number, isWordLike: boolean | undefined): void {
  if (isWordLike === true && at > runStart) ends.push(at);
}
