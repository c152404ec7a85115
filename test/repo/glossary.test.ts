import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const glossary = read('docs/glossary.md');

describe('the glossary', () => {
  it('has a line for every event of the vocabulary', () => {
    const words = glossary.toLowerCase();
    const types = [...read('operators/events.ts').matchAll(/readonly type: ([^;]+);/gu)]
      .flatMap(([, literals]) => [...(literals ?? '').matchAll(/'(\w+)'/gu)])
      .map(([, type]) => type ?? '');
    expect(types.length).toBeGreaterThan(30);
    expect(types.filter((type) => !words.includes(type.toLowerCase()))).toEqual([]);
  });

  it('names each word once', () => {
    const words = [...glossary.matchAll(/^\| ([^|]+?) \|/gmu)]
      .map(([, word]) => word ?? '')
      .filter((word) => !/^(word|---)$/u.test(word));

    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });
});
