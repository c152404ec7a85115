import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { naiveAgent } from '../../examples/naiveAgent.ts';
import { kinds } from '../../src/record/file/lines.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { checkCalls } from '../../src/testing/index.ts';
import { ruleMeanings } from '../../src/testing/result.ts';
import { mutants } from '../mutants/mutants.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const docs = readdirSync(new URL('../../docs', import.meta.url)).filter((file) => file.endsWith('.md'));
const blocks = (text: string) =>
  [...text.matchAll(/```(\w*)\n(.*?)```/gsu)].map(([, language, code = '']) => ({ language, code }));
const squeezed = (code: string) => code.replace(/\s+/gu, '').replace(/,(?=[)\]}])/gu, '');

describe('the docs', () => {
  it('quote the code of the examples', () => {
    const shown = docs
      .flatMap((file) => blocks(read(`docs/${file}`)))
      .flatMap(({ code }) => {
        const path = /^\/\/ ((?:examples|test)\/\S+)\n/u.exec(code)?.[1];
        return path === undefined ? [] : [{ path, code: code.replace(/^.*\n/u, '') }];
      });

    expect(shown).not.toEqual([]);
    for (const { path, code } of shown) expect(squeezed(read(path)), path).toContain(squeezed(code));
  });

  it('show the counterexample that checkCalls finds', () => {
    const easy = { illegal: false, drops: false, faults: false, options: false, controls: false };
    const [chart] = blocks(read('docs/testing.md')).filter(({ code }) => code.includes('breaks a rule'));

    expect(() => checkCalls(fc, { agent: naiveAgent, calls: easy })).toThrow(chart!.code.trimEnd());
  });

  it('name every kind of line of a recording with its fields', () => {
    const rows = [...read('docs/recording.md').matchAll(/^\| `(\w+)` \| .*\|$/gmu)];
    const { $defs } = JSON.parse(read('src/record/file/recording.schema.json')) as {
      $defs: Record<string, { properties?: Record<string, unknown> }>;
    };
    const unnamed = rows.flatMap(([row, kind = '']) =>
      Object.keys($defs[kind]?.properties ?? { 'no such kind': true }).filter(
        (field) => kind !== 'event' && field !== 'at' && field !== kind && !row.includes(`\`${field}\``),
      ),
    );

    expect(rows.map(([, kind]) => kind).toSorted()).toEqual(kinds.toSorted());
    expect(unnamed).toEqual([]);
  });

  it('show a valid header', () => {
    const [header] = blocks(read('docs/recording.md')).filter(({ language }) => language === 'json');

    expect(readRecording(header!.code).lines).toEqual([]);
  });

  it('list every rule of a call with its meaning', () => {
    const table = read('docs/testing.md');

    for (const [name, meaning] of Object.entries(ruleMeanings)) expect(table).toContain(`| \`${name}\` | ${meaning} |\n`);
  });

  it('give the number of the mutants', () => {
    expect(read('docs/testing.md')).toContain(['Thirteen'][mutants.length - 13]);
  });
});
