import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalent, hasWords } from '../../../operators/turns/equivalent.ts';

describe('equivalent', () => {
  it.each([
    ['book a table', 'Book a table.'],
    ['e-mail', 'e mail'],
    ['你好world', '你 好 world'],
    ["I'll go", 'I’ll go!'],
    ['so... yes', 'So, yes?'],
    ['"no"', 'no'],
    ['3.5 million', '3.5 million.'],
    ['สวัสดี ครับ', 'สวัสดีครับ'],
    ['$29.50', '$29.50.'],
    ['café', 'cafe\u0301'],
  ])('%j answers %j', (one, other) => {
    expect([equivalent(one, other), equivalent(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['3.5', '35'],
    ["I'll", 'ill'],
    ['to day', 'today'],
    ['की', 'कि'],
    ['-5', '5'],
    ['.5', '5'],
    ['5%', '5'],
    ['$5', '5'],
    ['1,000', '1 000'],
    ['2-1', '2 1'],
    ['C++', 'C'],
    ['book a table', 'book a table for two'],
    ['a b', 'b a'],
    ['resume', 'résumé'],
    ['...', '?!'],
  ])('%j does not answer %j', (one, other) => {
    expect([equivalent(one, other), equivalent(other, one)]).toEqual([false, false]);
  });

  it('implies the same letters and digits in the same order', () => {
    const letters = (text: string) =>
      text
        .normalize('NFC')
        .toLowerCase()
        .match(/[\p{L}\p{M}\p{N}]/gu) ?? [];
    const text = fc.array(fc.constantFrom('a', 'b', "'", '-', '.', ',', ' ', '3', '5', '$', '%', 'é', 'की', '你', '!'), {
      maxLength: 6,
    });
    let met = 0;
    fc.assert(
      fc.property(text, text, (one, other) => {
        if (!equivalent(one.join(''), other.join(''))) return;
        met++;
        expect(letters(one.join(''))).toEqual(letters(other.join('')));
      }),
      { numRuns: 20_000, seed: 1 },
    );
    expect(met).toBeGreaterThan(100);
  });

  it('is not changed by case and a full stop', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]+( [a-z0-9]+){0,4}$/), (text) => {
        expect(equivalent(text, `${text.toUpperCase()}.`)).toBe(true);
      }),
    );
  });
});

describe('hasWords', () => {
  it('needs a letter or a digit', () => {
    expect(['', ' ', '...', '?!', '—', 'uh', '5', '你'].map(hasWords)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
