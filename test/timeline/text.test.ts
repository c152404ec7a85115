import { describe, expect, it } from 'vitest';
import { fitted, widthOf } from '../../src/timeline/page/text.ts';

describe('fitted', () => {
  it('is all of a text that has room, else its begin with an ellipsis, and nothing where hardly any has', () => {
    expect(fitted('a table', 45)).toBe('a table');
    expect(fitted('a table for two', 60)).toBe('a table…');
    expect(fitted('a table', 18)).toBe('');
  });

  it('never cuts through a letter', () => {
    expect(fitted('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 40)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
    expect(fitted('e\u0301e\u0301e\u0301e\u0301e\u0301', 22)).toBe('e\u0301e\u0301…');
  });

  it('gives letters of East Asia the room that they need', () => {
    expect(widthOf('明日の夜')).toBe(46);
    expect(fitted('明日の夜', 46)).toBe('明日の夜');
    expect(fitted('明日の夜', 45)).toBe('明日の…');
  });
});
