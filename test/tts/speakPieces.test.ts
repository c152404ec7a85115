import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speakPieces } from '../../src/tts/unsentText.ts';

describe('speakPieces', () => {
  it('does not cut a sentence that fits', () => {
    const sentence = { text: 'It is **3**.', spoken: 'it is three.' };
    expect(speakPieces(sentence, 12)).toEqual([sentence]);
  });

  it('cuts between words, and the model’s wording at about the same place', () => {
    expect(speakPieces({ text: 'one 2 three 4 ', spoken: 'one two three four' }, 10)).toEqual([
      { text: 'one 2', spoken: 'one two' },
      { text: ' three', spoken: ' three' },
      { text: ' 4 ', spoken: ' four' },
    ]);
  });

  it('cuts inside a word that does not fit, but never inside a character', () => {
    expect(speakPieces({ text: 'ab🎉🎉', spoken: 'ab🎉🎉' }, 3).map(({ spoken }) => spoken)).toEqual(['ab', '🎉', '🎉']);
  });

  it('loses nothing, and makes no piece that is too long', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 9 }),
        (text, spoken, most) => {
          const cut = speakPieces({ text, spoken }, most);
          expect(cut.map((piece) => piece.text).join('')).toBe(text);
          expect(cut.map((piece) => piece.spoken).join('')).toBe(spoken);
          expect(Math.max(...cut.map((piece) => piece.spoken.length))).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});
