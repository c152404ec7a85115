import { describe, expect, it } from 'vitest';
import { clauses, sayable } from '../../src/local/sayable.ts';

describe('sayable', () => {
  it.each([
    ['I’m “here” — now…', "I'm here, now."],
    ['café & 5%', 'cafe and 5 percent'],
    ['Great 👍 work', 'Great work'],
    ['so - what?', 'so - what?'],
  ])('says "%s" as "%s"', (text, expected) => {
    expect(sayable(text)).toBe(expected);
  });
});

describe('clauses', () => {
  it.each([
    ['One sentence.', ['One sentence.']],
    ['Well then, let us see. All of it, now.', ['Well then, let us see.', 'All of it, now.']],
    ['As you can hear, it works. Good.', ['As you can hear,', 'it works.', 'Good.']],
    ['Ask Dr. Smith at 5 p.m. today.', ['Ask Dr. Smith at 5 p.m. today.']],
    ['no stop at the end', ['no stop at the end']],
    ['...', []],
    ['', []],
  ])('cuts "%s"', (text, expected) => {
    expect(clauses(text)).toEqual(expected);
  });
});
