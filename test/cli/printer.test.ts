import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { colorsFor } from '../../src/cli/colors.ts';
import { printer } from '../../src/cli/printer.ts';

/** A stream that remembers: a terminal of 80 by 24 or another size, or a pipe. */
function stream(isTTY: boolean, size = { columns: 80, rows: 24 }): { to: NodeJS.WriteStream; written: () => string } {
  let text = '';
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  const to = Object.assign(sink, isTTY ? { isTTY, ...size } : { isTTY }) as unknown as NodeJS.WriteStream;
  return { to, written: () => text };
}

afterEach(() => vi.unstubAllEnvs());

const line = (text: string) => ({ type: 'line', text }) as const;
const live = (text: string) => ({ type: 'live', text }) as const;

describe('printer', () => {
  beforeEach(() => void vi.stubEnv('TERM', 'xterm'));

  it('writes only the lines to a pipe', () => {
    const { to, written } = stream(false);
    const { show, end } = printer(to);
    for (const shown of [line('one'), live('o'), line('two'), live('t')]) show(shown);
    end();
    expect(written()).toBe('one\ntwo\n');
  });

  it.each([
    ['without a size', { columns: 0, rows: 0 }, 'xterm'],
    ['of the type dumb', undefined, 'dumb'],
  ])('writes only the lines to a terminal %s', (_, size, term) => {
    vi.stubEnv('TERM', term);
    const { to, written } = stream(true, size);
    const { show, end } = printer(to);
    for (const shown of [line('one'), live('o'), line('two')]) show(shown);
    end();
    expect(written()).toBe('one\ntwo\n');
  });

  it('keeps the live line below the other lines of a terminal, and removes it at the end', () => {
    const { to, written } = stream(true);
    const { show, end } = printer(to);
    for (const shown of [line('one'), live('caller  Go'), live('caller  Go for'), line('two')]) show(shown);
    end();
    expect(screen(written())).toStrictEqual(['one', 'two', '']);
  });

  it('shows the live line before the end', () => {
    const { to, written } = stream(true);
    const { show } = printer(to);
    for (const shown of [line('one'), live('caller  Go'), live('caller  Go for')]) show(shown);
    expect(screen(written())).toStrictEqual(['one', 'caller  Go for', '']);
  });

  it('never hides the cursor: a killed process could not restore it', () => {
    const { to, written } = stream(true);
    const { show, end } = printer(to);
    show(live('caller  Go'));
    end();
    expect(written()).not.toContain('\u001b[?25l');
  });
});

const escape = String.fromCharCode(27);
const mode = new RegExp(`${escape}\\[\\?\\d+[hl]`, 'g');
const sequence = new RegExp(`${escape}\\[(\\d*)([A-Z])|[^]`, 'g');

/** The lines of a terminal after these writes: as much of one as the printer uses. */
function screen(text: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  for (const [token, count = '', command = ''] of text.replaceAll(mode, '').matchAll(sequence)) {
    if (command === 'A') row -= Number(count || 1);
    else if (command === 'B') row += Number(count || 1);
    else if (command === 'G') column = 0;
    else if (command === 'K') lines[row] = count === '2' ? '' : lines[row]!.slice(0, column);
    else if (command === 'J') lines.splice(row + 1);
    else if (command !== '') throw new Error(`not a terminal for ${JSON.stringify(token)}`);
    else if (token === '\n') {
      row++;
      column = 0;
      lines[row] ??= '';
    } else {
      lines[row] = lines[row]!.padEnd(column).slice(0, column) + token + lines[row]!.slice(column + 1);
      column++;
    }
  }
  return lines;
}

describe('colorsFor', () => {
  const isPainted = (isTTY: boolean) => colorsFor({ isTTY }).red('a') !== 'a';

  it('colors only a terminal, also in a build', () => {
    for (const name of ['NO_COLOR', 'TERM', 'CI', 'FORCE_COLOR']) vi.stubEnv(name, undefined);
    expect([isPainted(true), isPainted(false)]).toStrictEqual([true, false]);
    vi.stubEnv('CI', '1');
    expect(isPainted(false)).toBe(false);
  });

  it('uses no colors with a non-empty NO_COLOR or on a dumb terminal', () => {
    vi.stubEnv('TERM', 'xterm');
    vi.stubEnv('NO_COLOR', '1');
    expect(isPainted(true)).toBe(false);
    vi.stubEnv('NO_COLOR', '');
    expect(isPainted(true)).toBe(true);
    vi.stubEnv('TERM', 'dumb');
    expect(isPainted(true)).toBe(false);
  });
});
