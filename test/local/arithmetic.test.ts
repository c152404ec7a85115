import { describe, expect, it } from 'vitest';
import { findSum } from '../../src/local/arithmetic.ts';
import { readNumber } from '../../src/local/numbers.ts';

describe('readNumber', () => {
  it.each([
    ['seventeen', 17, 1],
    ['twenty one', 21, 2],
    ['twenty-one', 21, 1],
    ['a hundred and five', 105, 4],
    ['two hundred thousand and one', 200_001, 5],
    ['one thousand two hundred and thirty four', 1234, 7],
    ['three point one four', 3.14, 4],
    ['1,250.5', 1250.5, 1],
    ['2 million', 2_000_000, 2],
    ['four five', 4, 1],
  ])('reads "%s"', (text, value, words) => {
    expect(readNumber(text.split(' '), 0)).toEqual({ value, words });
  });

  it('reads no number where there is none', () => {
    expect(readNumber(['forward', 'ten'], 0)).toBeUndefined();
  });
});

describe('findSum', () => {
  it.each([
    ["What's seventeen plus four?", 'seventeen plus four', 21],
    ['two plus three times four', 'two plus three times four', 14],
    ['12 × 12', '12 * 12', 144],
    ['5+6', '5 + 6', 11],
    ['ten percent of fifty', 'ten percent of fifty', 5],
    ['nine minus 2.5, please', 'nine minus 2.5', 6.5],
  ])('finds the sum in "%s"', (text, words, value) => {
    expect(findSum(text)).toEqual({ words, value });
  });

  it('knows that nothing can be divided by zero', () => {
    expect(findSum('one divided by zero')).toEqual({ words: 'one divided by zero', value: undefined });
  });

  it('finds no sum in a number alone', () => {
    expect(findSum('go forward ten meters')).toBeUndefined();
  });
});
