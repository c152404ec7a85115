import stringWidth from 'string-width';

/** The average width of a letter in the chart's font, in pixels. Wide letters, as of East Asia, count as two. */
const letterWidth = 6.3;
const segmenter = new Intl.Segmenter();

/** Estimates the width of a text, in pixels. The browser could measure it, but too slowly for a chart of hours. */
export const widthOf = (text: string): number => stringWidth(text) * letterWidth;

/** Cuts a text to a width, with an ellipsis at the end. Empty if fewer than three letters have room. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 3 * letterWidth) return '';
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(`${kept}${segment}…`) > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
