import { describe, expect, it } from 'vitest';
import { fitted, widthOf } from '../../src/timeline/page/text.ts';

describe('fitted', () => {
  it('keeps a text that fits, cuts a longer one with an ellipsis, and is empty if fewer than three letters fit', () => {
    expect(fitted('a table', 45)).toBe('a table');
    expect(fitted('a table for two', 60)).toBe('a table…');
    expect(fitted('a table', 18)).toBe('');
  });

  it('never cuts a letter in two', () => {
    expect(fitted('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 40)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
    expect(fitted('e\u0301e\u0301e\u0301e\u0301e\u0301', 22)).toBe('e\u0301e\u0301…');
  });

  it('counts wide letters as two', () => {
    expect(widthOf('明日の夜')).toBe(8 * 6.3);
    expect(fitted('明日の夜', 51)).toBe('明日の夜');
    expect(fitted('明日の夜', 50)).toBe('明日の…');
  });
});
