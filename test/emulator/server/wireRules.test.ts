import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules, ruleTests, written } from '../../../fixtures/make-rules.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const tests = ruleTests();

describe('the rules of the emulator', () => {
  it('have a test each', () => {
    const tested = new Set(tests.flatMap((test) => test.rules));

    expect(Object.keys(rules).filter((rule) => !tested.has(rule))).toEqual([]);
  });

  it('include all rules that tests name', () => {
    expect(tests.filter((test) => !test.rules.every((rule) => rule in rules))).toEqual([]);
  });

  it('are in docs/tables/rules.md with all their tests: npx tsx fixtures/make-rules.ts', () => {
    expect(read('docs/tables/rules.md')).toBe(written());
  });

  it('are tested with plain sockets and requests, not with our adapters', () => {
    const ours = /from '\.\.\/\.\.\/src\/(index|wire\/|tts\/|llm\/|flux\/(?!conform))/u;

    expect([...new Set(tests.map(({ file }) => file))].filter((file) => ours.test(read(file)))).toEqual([]);
  });
});
