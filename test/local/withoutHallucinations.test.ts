import { describe, expect, it } from 'vitest';
import { lettersOf, withoutHallucinations } from '../../src/local/withoutHallucinations.ts';

describe('withoutHallucinations', () => {
  it.each([
    ['amiable, amiable, amiable, ami', 'amiable, ami'],
    ['I said go on and go on and go on and stop', 'I said go on and stop'],
    ['one two three four five one two three four five one two three four five.', 'one two three four five.'],
    ['no no, thank you', 'no no, thank you'],
    ['  He  was\nnot ', 'He was not'],
    ['...', ''],
    ['', ''],
  ])('makes "%s" into "%s"', (text, expected) => {
    expect(withoutHallucinations(text)).toBe(expected);
  });
});

describe('lettersOf', () => {
  it('leaves letters and digits, in lower case', () => {
    expect(lettersOf("It's-10.")).toBe('its10');
  });
});
