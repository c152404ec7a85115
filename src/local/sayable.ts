/** Prepares a text for Flite: plain letters, and words in place of signs that Flite would misread. */
export function sayable(text: string): string {
  return text
    .replace(/[‘’]/g, "'")
    .replace(/[“”"]/g, '')
    .replace(/\s*[–—]\s*/g, ', ')
    .replace(/…/g, '.')
    .replace(/&/g, ' and ')
    .replace(/%/g, ' percent')
    .normalize('NFKD')
    .replace(/[^ -~\n]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Abbreviations whose full stop does not end a sentence. */
const abbreviation = /(?:^|\s)(?:[A-Za-z]|Dr|Mr|Mrs|Ms|St|Prof|vs|etc|[ap]\.m)\.$/i;

/**
 * Cuts a text into pieces that are spoken one after another, so that the first is heard soon: at the first comma or stop after
 * 12 characters, then sentence by sentence.
 */
export function clauses(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of text.split(/(?<=[,;:.!?]) /)) {
    piece = piece === '' ? part : `${piece} ${part}`;
    const ends = /[.!?]$/.test(part) && !abbreviation.test(part);
    if (!ends && !(pieces.length === 0 && piece.length >= 12 && !abbreviation.test(part))) continue;
    pieces.push(piece);
    piece = '';
  }
  return [...pieces, piece].filter((words) => /[\p{L}\p{N}]/u.test(words));
}
