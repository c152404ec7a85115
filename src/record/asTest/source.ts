/** How wide a file is printed, in columns. */
export const pageWidth = 130;

/** A call of a function, for `inSource`. */
export class Call {
  readonly name: string;
  readonly args: readonly unknown[];

  constructor(name: string, ...args: readonly unknown[]) {
    this.name = name;
    this.args = args;
  }
}

/** Where a value stands in its line: how far the line is indented, and how many columns are taken before and after the value. */
interface Place {
  readonly indent: number;
  readonly before: number;
  readonly after: number;
}

/**
 * A value as TypeScript, as Prettier would format it: on one line where there is room. What is said in it stays words, whatever
 * the words are. `undefined` fields are left out.
 */
export function inSource(value: unknown, place: Partial<Place> = {}): string {
  const { indent = 0, before = indent, after = 1 } = place;
  const line = onOneLine(value);
  const fits = line !== undefined && before + columns(line) + after <= pageWidth;
  return fits ? line : onLines(value, indent, line);
}

function onOneLine(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const parts = value.map(onOneLine);
    return mustBreak(value) || parts.includes(undefined) ? undefined : `[${parts.join(', ')}]`;
  }
  if (value instanceof Call) return `${value.name}(${value.args.map(onOneLine).join(', ')})`;
  if (typeof value === 'object' && value !== null) {
    const parts = fieldsOf(value).map(([name, field]) => [onOneLine(field), name] as const);
    if (parts.length === 0) return '{}';
    return parts.some(([part]) => part === undefined)
      ? undefined
      : `{ ${parts.map(([part, name]) => `${name}: ${part}`).join(', ')} }`;
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function onLines(value: unknown, indent: number, line = ''): string {
  const inner = indent + 2;
  const [margin, start] = [' '.repeat(indent), ' '.repeat(inner)];
  const block = (open: string, close: string, parts: readonly string[]) =>
    `${open}\n${parts.map((part) => `${start}${part},\n`).join('')}${margin}${close}`;
  if (Array.isArray(value))
    return block(
      '[',
      ']',
      value.map((part) => inSource(part, { indent: inner })),
    );
  if (value instanceof Call)
    return block(
      `${value.name}(`,
      ')',
      value.args.map((part) => inSource(part, { indent: inner })),
    );
  if (typeof value !== 'object' || value === null) return line;
  return block(
    '{',
    '}',
    fieldsOf(value).map(([name, field]) => {
      const before = inner + columns(name) + 2;
      if (typeof field !== 'string' || before + columns(quoted(field)) + 1 <= pageWidth || name.length <= 2)
        return `${name}: ${inSource(field, { indent: inner, before })}`;
      return `${name}:\n${start}  ${quoted(field)}`;
    }),
  );
}

/** Prettier gives each of several objects a line. */
const mustBreak = (parts: readonly unknown[]) =>
  parts.length > 1 &&
  (parts.every((part) => Array.isArray(part) && part.length > 1) ||
    parts.every((part) => isPlain(part) && fieldsOf(part).length > 1));

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Call);

/** `__proto__` is no field in a literal. */
function fieldsOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value)
    .filter(([name, field]) => field !== undefined && name !== '__proto__')
    .map(([name, field]) => [/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name), field] as const);
}

/** A string literal: whatever does not show, or would break the line, is escaped. */
export function quoted(text: string): string {
  const count = (quote: string) => text.split(quote).length;
  const quote = count("'") > count('"') ? '"' : "'";
  const inside = text.replace(/[\\'"\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u00a0]/gu, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return escapes[character] ?? Array.from({ length: character.length }, (_, at) => hex(character.charCodeAt(at))).join('');
  });
  return `${quote}${inside}${quote}`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const hex = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;

/** Words for a comment: on one line, no longer than this, and they end nothing. */
export function harmless(text: string, longest = Infinity): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = line.length > longest ? `${Array.from(line).slice(0, longest).join('').trimEnd()}…` : line;
  return short.replaceAll('*/', '* /');
}

/** Paragraphs as a doc comment. */
export function comment(paragraphs: readonly string[]): string {
  const lines = paragraphs.flatMap((paragraph, at) => [...(at > 0 ? [''] : []), ...wrapped(paragraph, pageWidth - 3)]);
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** How many columns a text takes where letters are as wide as each other. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += /\p{M}/u.test(character) ? 0 : isWide(character) ? 2 : 1;
  return sum;
}

const isWide = (character: string) =>
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  );
