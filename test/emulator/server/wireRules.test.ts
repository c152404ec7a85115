import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awaited, rules, ruleTests, written } from '../../../fixtures/make-rules.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const tests = ruleTests();

describe('the rules of the emulator', () => {
  it('have a test each, but for those whose tests are still to come', () => {
    const tested = new Set(tests.flatMap((test) => test.rules));

    expect(Object.keys(rules).filter((rule) => !tested.has(rule) && !awaited.includes(rule))).toEqual([]);
  });

  it('are those that tests name', () => {
    expect(tests.filter((test) => !test.rules.every((rule) => rule in rules))).toEqual([]);
  });

  it('stand in docs/emulator.md with the tests that there are: npx tsx fixtures/make-rules.ts', () => {
    expect(read('docs/emulator.md')).toBe(written());
  });

  it('are tested with plain sockets and requests, not with adapters of ours', () => {
    const ours = /from '\.\.\/\.\.\/src\/(index|wire\/|tts\/|llm\/|flux\/(?!conform))/u;

    expect([...new Set(tests.map(({ file }) => file))].filter((file) => ours.test(read(file)))).toEqual([]);
  });
});
