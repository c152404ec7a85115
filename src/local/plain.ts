/** Lower case, single spaces, no punctuation but inside words and numbers. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’]/g, "'")
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter(Boolean)
    .join(' ');
}

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The most meaningful word: the longest that is no function word, the last of several. Without one, the last word. */
export function contentWord(text: string): string {
  const words = plain(text).split(' ');
  const content = words.filter((word) => !functionWords.has(word));
  return content.reduce((best, word) => (word.length >= best.length ? word : best), '') || (words.at(-1) ?? 'that');
}

const functionWords = new Set(
  `a an the this that these those my your his her its our their i you he she it we they me him us them myself himself herself
  and or but nor so because if when while than as of to for with from at by in on into onto about between through under over
  is are was were be been being am has have had having do does did will would can could shall should may might must not no
  what who whom whose where why how which there here then now just very really too also even still again please more most
  some any every each all both such only own same other ever never always often made make said say tell know`.split(/\s+/),
);
