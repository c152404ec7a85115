const apostrophes = /[\u2018\u2019\uFF07]/gu;

/**
 * Everything that does not make a word: all but the above, except an apostrophe inside a word, a separator inside a number,
 * a sign or point that leads a number, a percent sign that ends one; `#`, `&`, `@` next to a letter or a number.
 */
const betweenWords = made(
  [
    "(?!(?<=[\\p{L}\\p{M}])'(?=\\p{L}))",
    "(?!(?<=\\p{N})[-\\u2010-\\u2015.,:/'](?=\\p{N}))",
    '(?!(?<=[\\p{L}\\p{M}\\p{N}])[#&@]|[#&@](?=[\\p{L}\\p{N}]))',
    '(?!(?<![\\p{L}\\p{M}\\p{N}])[-\\u2212](?=[.\\p{Sc}]?\\p{N}))',
    '(?!(?<![\\p{L}\\p{M}\\p{N}])\\.(?=\\p{N}))',
    '(?!(?<=\\p{N})%)',
    '[^\\p{L}\\p{M}\\p{N}\\p{S}\\u200C\\u200D]',
  ].join(''),
);

/** Scripts written without spaces: a space next to one of their letters is ignored. */
const spaceless = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]\\p{M}*';
const idleSpace = made(`(?<=${spaceless}) +| +(?=${spaceless})`);

/** Compiles a pattern on first use: those with large character classes take milliseconds. */
function made(pattern: string): () => RegExp {
  let expression: RegExp | undefined;
  return () => (expression ??= new RegExp(pattern, 'gu'));
}

const essence = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(apostrophes, "'")
    .replace(betweenWords(), ' ')
    .replace(/ +/gu, ' ')
    .trim()
    .replace(idleSpace(), '');

/** Whether the transcript contains a letter or a digit, not only punctuation. */
export function hasWords(transcript: string): boolean {
  return /[\p{L}\p{N}]/u.test(transcript);
}

/**
 * Whether two transcripts have the same words in the same order, so that a reply to one fits the other. Case and punctuation may
 * differ, and spaces next to Chinese, Japanese or Thai; nothing else.
 *
 *     'book a table'  'Book a table.'    yes
 *     'e-mail'        'e mail'           yes
 *     '3.5'           '35'               no
 *     "I'll"          'ill'              no
 */
export function equivalent(one: string, other: string): boolean {
  return one === other || (hasWords(one) && essence(one) === essence(other));
}
