import { commonAtoms } from './commonAtoms.ts';
import { wordEnds } from './wordEnds.ts';

/** Where a word ends, in the model's wording and in the spoken one. */
export interface AlignedWord {
  readonly end: number;
  /** Once this many characters were spoken, the word was heard whole. */
  readonly spokenEnd: number;
}

/** A stretch of the spoken wording. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The words of the model's wording, each with the place in the spoken wording where it has been said.
 *
 *     text       **Sure**, see [the menu](https://x.y) & pay ~5 $ 🎉
 *     spoken     Sure, see the menu and pay about 5 $
 *     words      **Sure**, · see · [the · menu](https://x.y) · & · pay · ~5 · $ 🎉
 *     said       Sure,     · see · the  · menu               · and · pay · about 5 · $
 *
 * Words are matched by their letters and digits, in order, as many as can be. The words between two matched ones share what is
 * said there; where nothing is, they belong to the word before, and at the beginning to the first one that is said. The places
 * never go back, and the last is at most the length of the spoken wording.
 */
export function alignedWords(text: string, spoken: string): readonly AlignedWord[] {
  const ends = wordEnds(text);
  if (text === spoken) return ends.map((end) => ({ end, spokenEnd: end }));
  const spokenEnds = wordEnds(spoken);
  const places = matchedPlaces(text, spoken, ends, spokenEnds);
  const words: AlignedWord[] = [];

  for (let i = 0; i < ends.length;) {
    const place = places[i];
    const next = place ? i + 1 : nextMatched(places, i);
    const said = words.at(-1)?.spokenEnd ?? 0;
    const between = { from: said, to: places[next]?.from ?? spoken.length };
    const run = ends.slice(i, next);
    if (place) words.push(...run.map((end) => ({ end, spokenEnd: Math.max(said, place.to) })));
    else words.push(...shared(run, ends[i - 1] ?? 0, between, spokenEnds, i === 0 ? places[next]?.to : said));
    i = next;
  }
  return words;
}

/** For each word of the text, from where to where its counterpart is spoken, in whole words, if it has one. */
function matchedPlaces(
  text: string,
  spoken: string,
  ends: readonly number[],
  spokenEnds: readonly number[],
): readonly (Stretch | undefined)[] {
  const pairs = commonAtoms(text, spoken);
  let first = 0;
  return ends.map((end, i) => {
    const start = ends[i - 1] ?? 0;
    while ((pairs[first]?.to ?? Infinity) <= start) first++;
    let last = first;
    while ((pairs[last]?.from ?? Infinity) < end) last++;
    const one = pairs[first];
    const other = pairs[last - 1];
    if (last === first || !one || !other) return undefined;
    const to = other.spokenFrom + Math.min(end, other.to) - other.from; // what is left of it is in the next word
    return { from: one.spokenFrom + Math.max(start - one.from, 0), to: firstAtLeast(spokenEnds, to) };
  });
}

/** Words that were not matched: each a share of what is spoken `between`, in whole words; `otherwise` where nothing is. */
function shared(
  ends: readonly number[],
  start: number,
  between: Stretch,
  spokenEnds: readonly number[],
  otherwise = between.to,
): readonly AlignedWord[] {
  const to = spokenEnds.findLast((end) => end <= between.to) ?? 0;
  if (to <= between.from) return ends.map((end) => ({ end, spokenEnd: otherwise }));
  const length = (ends.at(-1) ?? start) - start;
  const placeOf = (end: number) => between.from + ((to - between.from) * (end - start)) / length;
  return ends.map((end) => ({ end, spokenEnd: Math.min(firstAtLeast(spokenEnds, placeOf(end)), to) }));
}

function nextMatched(places: readonly (Stretch | undefined)[], from: number): number {
  const next = places.findIndex((place, i) => i >= from && place !== undefined);
  return next < 0 ? places.length : next;
}

const firstAtLeast = (ends: readonly number[], least: number) => ends.find((end) => end >= least) ?? least;
