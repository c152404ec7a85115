import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';

/** Text of a service or a file that cannot control the terminal: escape sequences are cut out, other control characters become spaces. */
export const withoutControlCharacters = (text: string) => stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');

/** The columns of stdout; `otherwise` if it is not a terminal. */
export const columns = (otherwise = Infinity) => (process.stdout.isTTY ? process.stdout.columns || 80 : otherwise);

/** Milliseconds as minutes and seconds: `0:02.8`. */
export function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

/** Milliseconds as seconds: `1.3 s`. */
export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** `1 draft`, `2 drafts`. */
export const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Adds spaces up to a width in terminal columns. */
export const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - stringWidth(text)));

/** Breaks text at `gap` into lines of at most `width` columns. A longer part gets a line to itself. */
export function wrap(text: string, width: number, gap = ' '): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(new RegExp(`\\s{${gap.length},}`))) {
    const longer = line === '' ? part : line + gap + part;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = part;
    } else line = longer;
  }
  return [...lines, line];
}

/** A table without rules, as lines: the first `left` columns are aligned left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], left = 1): readonly string[] {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column < left ? 'left' : 'right')),
    chars: noRules,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const rules =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle';
const noRules = Object.fromEntries(rules.split(' ').map((name) => [name, '']));
