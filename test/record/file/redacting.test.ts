import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordEnds } from '../../../operators/speech/wordEnds.ts';
import { frameWithoutWords, redacting, withoutWords } from '../../../src/record/file/redacting.ts';

const key = new Uint8Array(32);
const redact = redacting(key);

describe('redacting', () => {
  it('keeps the shape of a text: words, digits, case, punctuation', () => {
    expect(redact('Book a table for 4.5, please!')).toMatch(/^[A-Z][a-z]{3} [a-z] [a-z]{5} [a-z]{3} \d\.\d, [a-z]{6}!$/);
  });

  it('gives the same letters for the same word in any case, and other letters for another word', () => {
    const [one, other, third] = redact('Table table tables').split(' ');
    expect(one!.toLowerCase()).toBe(other);
    expect(third!.startsWith(other!)).toBe(false);
  });

  it('gives other letters with another key', () => {
    expect(redacting()('reservation')).not.toBe(redacting()('reservation'));
  });

  it('keeps the length and the words of any text without astral letters', () => {
    const text = fc.array(fc.constantFrom('Hi', "don't", ' ', '3.5', 'é', '好', 'की', '…', '\n', 'A', '"'), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        const said = parts.join('');
        expect(redact(said)).toHaveLength(said.length);
        expect(redact(said).match(/\S+/g)?.length).toBe(said.match(/\S+/g)?.length);
        if (!/[好]/.test(said)) expect(wordEnds(redact(said))).toStrictEqual(wordEnds(said));
      }),
    );
  });
});

describe('withoutWords', () => {
  it('redacts spoken words at any depth, and nothing else', () => {
    const event = { event: 'EndOfTurn', turn: '0:0', transcript: 'Hello', words: [{ word: 'Hello', confidence: 1 }], heard: 5 };
    const hello = redact('Hello');
    expect(withoutWords(event, redact)).toStrictEqual({ ...event, transcript: hello, words: [{ word: hello, confidence: 1 }] });
  });

  it('keeps the prompt', () => {
    const messages = [
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'Hello' },
    ];
    expect(withoutWords(messages, redact)).toStrictEqual([messages[0], { role: 'user', content: redact('Hello') }]);
  });
});

describe('frameWithoutWords', () => {
  it('redacts fields that it does not know', () => {
    const message = { type: 'News', request_id: 'a-b', summary: 'Hello there', nested: { deep: ['Hello'] }, confidence: 0.5 };
    expect(JSON.parse(frameWithoutWords(JSON.stringify(message), redact))).toStrictEqual({
      ...message,
      summary: redact('Hello there'),
      nested: { deep: [redact('Hello')] },
    });
  });

  it('redacts all of a frame that is not a message', () => {
    expect(frameWithoutWords('Hello there', redact)).toBe(redact('Hello there'));
    expect(frameWithoutWords('"Hello"', redact)).toBe(redact('"Hello"'));
  });
});
