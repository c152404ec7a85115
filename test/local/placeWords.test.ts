import { describe, expect, it } from 'vitest';
import { placeWords } from '../../src/local/placeWords.ts';

const place = (text: string, voiced: readonly { from: number; to: number }[]) =>
  placeWords(text.split(' '), [], voiced).map(({ word, start, end }) => [word, start, end]);

describe('placeWords', () => {
  it('lays words along the voice, each by its share of the letters', () => {
    expect(place('ab abcdef', [{ from: 1000, to: 1800 }])).toEqual([
      ['ab', 1, 1.2],
      ['abcdef', 1.2, 1.8],
    ]);
  });

  it('leaves pauses out', () => {
    expect(
      place('abcd efgh', [
        { from: 0, to: 400 },
        { from: 1000, to: 1400 },
      ]),
    ).toEqual([
      ['abcd', 0, 0.4],
      ['efgh', 1, 1.4],
    ]);
  });

  it('ends the last word where the voice ended', () => {
    const voiced = [
      { from: 100, to: 433 },
      { from: 500, to: 817 },
    ];
    expect(place('one two three', voiced).at(-1)?.[2]).toBe(0.817);
  });

  it('is surer of a word that stood there before', () => {
    const words = placeWords(['Go', 'forward'], ['Go', 'for'], [{ from: 0, to: 500 }]);
    expect(words.map(({ confidence }) => confidence)).toEqual([0.95, 0.75]);
  });
});
