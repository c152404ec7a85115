/** A pattern and its replacement. */
type Rule = readonly [pattern: RegExp, plain: string | ((...match: string[]) => string)];

const spelled = (host: string) => host.replace(/^www\./i, '').replace(/\./g, ' dot ');

const domains = 'com|org|net|io|dev|ai|app|gov|edu|info|co|me|tv|uk|de|fr|es|it|nl|eu|jp|in|ru|br|ch|at|ca|au';
const address = new RegExp(
  String.raw`\b((?:[a-z0-9-]+\.)+(?:${domains}))\b(?![\w@-])(?::\d+)?(?:/[^\s)\]]*[^\s)\].,!?;:"'*_])?/?`,
  'gi',
);

/** Marks at the start of a line: headings, quotations, bullets, tasks, rules. */
const beginnings = /^(?:\s*(?:#{1,6}\s+|>|[-*+•‣◦▪]\s+|\[[ xX]\]\s+|[-*_]{3,}(?:\s+|$)))+/;
const item = /^(\s*\d{1,3})[.)]\s+(?=\S)/;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", nbsp: ' ' };

const rules: readonly Rule[] = [
  // Marked-up text
  [/\s#+\s*$/g, ''],
  [/<!--[^>]*-->/g, ''],
  [/<(https?:\/\/[^\s>]+|mailto:[^\s>]+)>/gi, ' $1 '],
  [/<\/?[a-z][\w-]*(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*\/?>/gi, ' '],
  [/&(amp|lt|gt|quot|apos|#39|nbsp);/g, (_, name = '') => entities[name] ?? ''],
  [/\[\^[^\]\s]*\]/g, ''],
  [/!?\[([^\]]*)\](?:\([^)\s]*(?:\s+"[^"]*")?\)|\[[^\]]*\])/g, '$1'],
  [/\]\([^)\s]*\)/g, ''],
  [/\\(?=[\\`*_{}[\]()#+\-.!|>~&])/g, ''],
  // Addresses
  [
    /\b[a-z][a-z+.-]*:\/\/(?:[^\s/@]*@)?([^\s/:?#)\]"'<>,;!*_]*[^\s/:?#)\]"'<>,;!*_.])(?::\d+)?(?:[/?#][^\s)\]"<>]*[^\s)\]"<>.,!?;:'*_])?\/?/gi,
    (_, host = '') => spelled(host),
  ],
  [
    /\b(?:mailto:)?([\w.+-]+)@((?:[a-z0-9-]+\.)+[a-z]{2,})\b/gi,
    (_, who = '', host = '') => `${spelled(who)} at ${spelled(host)}`,
  ],
  [address, (_, host = '') => spelled(host)],
  // Emphasis and code
  [/(\d)(\s*)[*×]\2(?=\d)/g, '$1 times '],
  [/[*`]|~~/g, ''],
  [/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, ''],
  [/_+/g, ' '],
  // Tables, brackets
  [/\|(?:\s*:?-+:?\s*\|)+/g, '|'],
  [/^[\s|]+|[\s|]+$/g, ''],
  [/\s*\|[\s|]*/g, ', '],
  [/[[\]{}]/g, ''],
  // Signs
  [/\s*&\s*/g, ' and '],
  [/(?<=\s)@(?=\s)/g, 'at'],
  [/(?<=\s)\+(?=\s)/g, 'plus'],
  [/(?<=\s)={1,3}(?=\s)/g, 'equals'],
  [/\s*(?:→|->|=>)\s*/g, ' to '],
  [/[~≈]\s*(?=[$€£]?\d)/g, 'about '],
  [/\s*÷\s*/g, ' divided by '],
  [/±\s*/g, 'plus or minus '],
  [/(?<![\w])#(?=\d)/g, 'number '],
  // Pictures
  [/[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u2500-\u27bf]/gu, ''],
  [/\u200d|\ufe0e|\ufe0f|\u20e3|[\u{e0020}-\u{e007f}]/gu, ''],
  // Remains
  [/\s+/g, ' '],
  [/\(\s*\)/g, ''],
  [/ (?=[.,;:!?](?:\s|$))/g, ''],
  [/^[\s!?,;:)\]}»”’…]+|^["'](?=\s)|^\.+(?!\d)/g, ''],
];

/** Most sentences: words with plain punctuation, which no rule changes. */
const plainAlready =
  /^(?!\d{1,3}[.)] )["“]?[$€£]?[\p{L}\p{N}](?:[\p{L}\p{N}'’"“”$€£%,!?-]| (?=[^\s.,;:!?])|\.(?!\p{L})|:(?!\/))*$/u;

function plainLine(line: string): string {
  let plain = line.replace(beginnings, '').replace(item, '$1, ');
  for (const [pattern, words] of rules) plain = plain.replace(pattern, words as string);
  return plain.trim();
}

/**
 * Rewrites a text as it is spoken. It removes the marks of Markdown and HTML, pictures and fenced code; it replaces addresses by
 * their host ("example dot com"), signs by words ("&" becomes "and"), and links and code by their text. Numbers, currency, quotation
 * marks and the numbers of list items stay ("1. Buy milk" becomes "1, Buy milk"). Returns `''` if no words are left.
 */
export function plainWords(text: string): string {
  if (plainAlready.test(text)) return text;
  const plain = outsideFences(text, false).prose.split(/\n/).map(plainLine).filter(Boolean).join(' ');
  return /[\p{L}\p{N}]/u.test(plain) ? plain : '';
}

/** Removes fenced code. `fenced`: whether the text starts, and whether it ends, inside a fence. */
export function outsideFences(text: string, fenced: boolean): { readonly prose: string; readonly fenced: boolean } {
  const parts = text.split(/`{3,}|~{3,}/);
  const prose = parts.filter((_, i) => (i % 2 === 0) !== fenced).join(' ');
  return { prose, fenced: (parts.length % 2 === 0) !== fenced };
}
