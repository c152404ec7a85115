import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCalls } from '../../src/testing/index.ts';
import { mutants } from './mutants.ts';

describe('generated calls find', () => {
  it.each(mutants)('$about: $rule', ({ rule, operators }) => {
    expect(() => checkCalls(fc, { operators, rules: [rule], runs: 2000 })).toThrow(`  ${rule}, at `);
  });
});
