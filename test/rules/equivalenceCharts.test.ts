import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalent } from '../../operators/turns/equivalent.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { turnInfo } from './ruleInput.ts';

/** Whether a draft for what was said answers it as it was finally written. */
const keeps = (drafted: string, ended: string) => {
  const { events } = simulate({
    flux: [turnInfo(0, 's', 'well'), turnInfo(500, 'e', drafted), turnInfo(1000, 'E', ended)],
  });
  return events.some((event) => event.type === 'ReplyStarted' && event.drafted);
};

describe('a draft', () => {
  it.each([
    ['book a table', 'Book a table.'],
    ['e-mail', 'e mail'],
    ['你好world', '你 好 world'],
    ['สวัสดี ครับ', 'สวัสดีครับ'],
    ["I'll go", 'I’ll go!'],
  ])('of %j answers %j', (drafted, ended) => {
    expect([keeps(drafted, ended), keeps(ended, drafted)]).toEqual([true, true]);
  });

  it.each([
    ['3.5', '35'],
    ["I'll", 'ill'],
    ['to day', 'today'],
    ['की', 'कि'],
    ['-5', '5'],
    ['1,000', '1 000'],
    ['a table', 'table a'],
  ])('of %j does not answer %j', (drafted, ended) => {
    expect([keeps(drafted, ended), keeps(ended, drafted)]).toEqual([false, false]);
  });
});

describe('transcripts', () => {
  const word = fc.constantFrom(
    'book',
    'a',
    'to',
    'day',
    'today',
    '3.5',
    '35',
    '3',
    '5',
    "i'll",
    'ill',
    'की',
    'कि',
    'é',
    'e',
    '-5',
  );
  const sentence = fc.array(word, { minLength: 1, maxLength: 4 });
  /** How a transcript may be written, word by word: capitals, marks around it, another apostrophe, accents apart. */
  const hand = fc.record({
    capital: fc.boolean(),
    curly: fc.boolean(),
    apart: fc.boolean(),
    before: fc.constantFrom('', '"', '('),
    after: fc.constantFrom('', ',', '!', '...', '"'),
  });
  const written = (words: readonly string[], hands: readonly (typeof hand extends fc.Arbitrary<infer T> ? T : never)[]) =>
    words
      .map((text, k) => {
        const { capital, curly, apart, before, after } = hands[k % hands.length]!;
        let one = capital ? text.toUpperCase() : text;
        if (curly) one = one.replace("'", '’');
        if (apart) one = one.normalize('NFD');
        return `${before}${one}${after}`;
      })
      .join(' ');
  const hands = fc.array(hand, { minLength: 1, maxLength: 3 });

  it('are equivalent exactly when they have the same words in the same order, in any spelling', () => {
    let same = 0;
    fc.assert(
      fc.property(sentence, fc.option(sentence), hands, hands, (words, others, one, other) => {
        const rest = others ?? words;
        const alike = words.join(' ') === rest.join(' ');
        if (alike) same++;
        expect(equivalent(written(words, one), written(rest, other))).toBe(alike);
      }),
      { numRuns: 5000, seed: 7 },
    );
    expect(same).toBeGreaterThan(500);
  });

  it('are not equivalent when they only look alike', () => {
    const alike = fc.constantFrom(
      [['to', 'day'], ['today']],
      [['3', '5'], ['35']],
      [['3', '5'], ['3.5']],
      [['3.5'], ['35']],
      [["i'll"], ['ill']],
      [['की'], ['कि']],
      [['é'], ['e']],
      [['-5'], ['5']],
      [
        ['a', 'to'],
        ['to', 'a'],
      ],
      [['a', 'a'], ['a']],
    );
    const some = fc.array(word, { maxLength: 2 });
    fc.assert(
      fc.property(some, alike, some, hands, hands, (before, [one = [], other = []], after, first, second) => {
        expect(equivalent(written([...before, ...one, ...after], first), written([...before, ...other, ...after], second))).toBe(
          false,
        );
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('that are equivalent to a third are equivalent to each other', () => {
    fc.assert(
      fc.property(sentence, hands, hands, hands, (words, one, other, third) => {
        const [a, b, c] = [written(words, one), written(words, other), written(words, third)];
        expect(equivalent(a, b) && equivalent(b, c)).toBe(equivalent(a, c));
      }),
      { numRuns: 1000, seed: 7 },
    );
  });
});
