/** Roughly how wide a letter is, in pixels: exact enough to leave out what has no room, without asking the browser. */
const letterWidth = 6.3;
/** Those of East Asia and pictures are as wide as they are high. */
const wideWidth = 11.5;
const isWide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60\p{Extended_Pictographic}]/u;
const isPlain = /^[ -~]*$/u;
const letters = new Intl.Segmenter();
const widthOfLetter = (letter: string) => (isWide.test(letter) ? wideWidth : letterWidth);

export function widthOf(text: string): number {
  if (isPlain.test(text)) return text.length * letterWidth;
  let width = 0;
  for (const { segment } of letters.segment(text)) width += widthOfLetter(segment);
  return width;
}

/** As much of a text as has room, with an ellipsis where something is missing; nothing if hardly any of it has. */
export function fitted(text: string, width: number): string {
  let [kept, room] = ['', width];
  let short: string | undefined;
  for (const { segment } of letters.segment(text)) {
    const needed = widthOfLetter(segment);
    // what follows may not have room: here an ellipsis still has
    if (short === undefined && room < needed + letterWidth) short = kept;
    if (room < needed) return width < 3 * letterWidth ? '' : `${(short ?? kept).trimEnd()}…`;
    kept += segment;
    room -= needed;
  }
  return text;
}
