const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const runs = /\S+/g;
let segmenter: Intl.Segmenter | undefined;

/**
 * Where the words of a text end, ascending: a word is what stands between white space, with its punctuation ("$3.50,"). In
 * scripts that put no space between words, `Intl.Segmenter` finds them.
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

/** The words of a text, each with its punctuation. */
export function wordsIn(text: string): readonly string[] {
  const ends = wordEnds(text);
  return ends.map((end, k) => text.slice(ends[k - 1] ?? 0, end).trim());
}

/** Making a segmenter takes long, and few texts need one. */
const segmented = (run: string) => (segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })).segment(run);

/** A word may end where the next begins, so that its punctuation stays with it. */
function addEnd(ends: number[], at: number, runStart: number, isWordLike: boolean | undefined): void {
  if (isWordLike === true && at > runStart) ends.push(at);
}
