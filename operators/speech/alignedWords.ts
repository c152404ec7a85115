import { commonRuns } from './commonRuns.ts';
import { wordEnds } from './wordEnds.ts';

/** The end of a word, in the model's text and in the spoken text. */
export interface AlignedWord {
  readonly end: number;
  /** The word was heard whole once this many characters were spoken. */
  readonly spokenEnd: number;
}

/** A range of the spoken text. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the words of the model's text, each with its end in the spoken text.
 *
 *     text       **Sure**, see [the menu](https://x.y) & pay ~5 $ 🎉
 *     spoken     Sure, see the menu and pay about 5 $
 *     words      **Sure**, · see · [the · menu](https://x.y) · & · pay · ~5 · $ 🎉
 *     spoken as  Sure,     · see · the  · menu               · and · pay · about 5 · $
 *
 * Words are matched by their letters and digits, in order, as many as possible. The words between two matches share the spoken
 * words there. If there are none, they end with the word before, and at the beginning with the first spoken word. The ends
 * never decrease, and the last is at most the length of the spoken text.
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

/** Returns for each word of the text the range of its match in the spoken text, in whole words, if it has a match. */
function matchedPlaces(
  text: string,
  spoken: string,
  ends: readonly number[],
  spokenEnds: readonly number[],
): readonly (Interval | undefined)[] {
  const pairs = commonRuns(text, spoken);
  let first = 0;
  return ends.map((end, i) => {
    const start = ends[i - 1] ?? 0;
    while ((pairs[first]?.to ?? Infinity) <= start) first++;
    let last = first;
    while ((pairs[last]?.from ?? Infinity) < end) last++;
    const one = pairs[first];
    const other = pairs[last - 1];
    if (last === first || !one || !other) return undefined;
    const to = other.spokenFrom + Math.min(end, other.to) - other.from; // the rest of it belongs to the next word
    return { from: one.spokenFrom + Math.max(start - one.from, 0), to: firstAtLeast(spokenEnds, to) };
  });
}

/** Gives unmatched words a share each of the words spoken `between`; `otherwise` if there are none. */
function shared(
  ends: readonly number[],
  start: number,
  between: Interval,
  spokenEnds: readonly number[],
  otherwise = between.to,
): readonly AlignedWord[] {
  const to = spokenEnds.findLast((end) => end <= between.to) ?? 0;
  if (to <= between.from) return ends.map((end) => ({ end, spokenEnd: otherwise }));
  const length = (ends.at(-1) ?? start) - start;
  const placeOf = (end: number) => between.from + ((to - between.from) * (end - start)) / length;
  return ends.map((end) => ({ end, spokenEnd: Math.min(firstAtLeast(spokenEnds, placeOf(end)), to) }));
}

function nextMatched(places: readonly (Interval | undefined)[], from: number): number {
  const next = places.findIndex((place, i) => i >= from && place !== undefined);
  return next < 0 ? places.length : next;
}

const firstAtLeast = (ends: readonly number[], least: number) => ends.find((end) => end >= least) ?? least;
