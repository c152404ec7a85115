import fc from 'fast-check';
import { concat, from, map, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Sentence, Thought } from '../../../operators/events.ts';
import { sentences, type SentencesConfig } from '../../../operators/speech/sentences.ts';
import { marbles } from '../../withMarbles.ts';

const token = (text: string): Thought => ({ type: 'Token', text });

/** The texts of the sentences of these tokens. */
function split(tokens: readonly string[], config?: SentencesConfig): string[] {
  const texts: string[] = [];
  const thoughts = from(tokens.map(token));
  thoughts.pipe(sentences(config)).subscribe(({ text }) => texts.push(text));
  return texts;
}

/** Those that are out while the model has not said that this was all. */
function early(...tokens: readonly string[]): string[] {
  const texts: string[] = [];
  const thoughts = concat(from(tokens.map(token)), NEVER);
  thoughts
    .pipe(sentences())
    .subscribe(({ text }) => texts.push(text))
    .unsubscribe();
  return texts;
}

describe('sentences', () => {
  const thoughts: Record<string, Thought> = {
    a: token('Sure'),
    b: token('!'),
    c: token(' For how'),
    d: token(' many'),
    e: token('?'),
    f: token(' Or'),
    u: { type: 'Usage', inputTokens: 9, outputTokens: 6 },
    x: { type: 'Failure', stage: 'think', code: 'busy', message: '', recovered: true },
  };
  const texts = map(({ text }: Sentence) => text);
  const values = { x: 'Sure!', y: ' For how many?', z: ' Or' };

  it(
    'come as soon as they end, the rest at completion',
    marbles((m) => {
      const source = m.hot('-a-b-c-d-e-f|   ', thoughts);
      const subs = '        ^-----------!   ';
      const expected = '    ---x-----y--(z|)';

      m.expect(source.pipe(sentences(), texts)).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'are made of tokens only',
    marbles((m) => {
      const source = m.hot('-a-x-b-u-|', thoughts);
      const expected = '    -----x---|';

      m.expect(source.pipe(sentences(), texts)).toBeObservable(expected, values);
    }),
  );

  it(
    'are none without tokens, or of white space only',
    marbles((m) => {
      const spaces = m.cold('-s-s-|', { s: token(' \n ') });

      m.expect(m.cold<Thought>('|').pipe(sentences())).toBeObservable('|');
      m.expect(spaces.pipe(sentences())).toBeObservable('      -----|');
      m.expect(m.cold<Thought>('-').pipe(sentences())).toBeObservable('-');
    }),
  );

  it(
    'pass an error at once and drop the rest',
    marbles((m) => {
      const source = m.hot('-a-b-c-#', thoughts);
      const subs = '        ^------!';
      const expected = '    ---x---#';

      m.expect(source.pipe(sentences(), texts)).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'unsubscribe from the tokens when their subscriber leaves',
    marbles((m) => {
      const source = m.hot('-a-b-c-d-e-|', thoughts);
      const unsub = '       ------!     ';
      const subs = '        ^-----!     ';
      const expected = '    ---x---     ';

      m.expect(source.pipe(sentences(), texts), unsub).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'keep no state between subscriptions',
    marbles((m) => {
      const source = m.cold('-a|   ', thoughts).pipe(sentences(), texts);
      const expected = '     --(a|)';

      m.expect(source).toBeObservable(expected, { a: 'Sure' });
      m.expect(source).toBeObservable(expected, { a: 'Sure' });
    }),
  );

  it('have single spaces and none around them in their spoken text', () => {
    const spoken: string[] = [];
    from([token(' Well,\t\t then.  '), token(' Go  on.')])
      .pipe(sentences())
      .subscribe((sentence) => spoken.push(sentence.spoken));

    expect(spoken).toEqual(['Well, then.', 'Go on.']);
  });

  it('end at "!" and "?" at once, at a full stop once white space follows', () => {
    expect(early('Sure', '!')).toEqual(['Sure!']);
    expect(early('Really', '?')).toEqual(['Really?']);
    expect(early('Sure', '.')).toEqual([]);
    expect(early('Sure', '.', ' ')).toEqual(['Sure.']);
    expect(early('好的。')).toEqual(['好的。']);
  });

  it('do not end inside numbers, prices, versions and addresses', () => {
    expect(split(['It is $29', '.', '50 or 3', '.', '5 of v1', '.2. Go'])).toEqual(['It is $29.50 or 3.5 of v1.2.', ' Go']);
    expect(split(['See example.com/a.b?c=d!e, or https://x.org?q=1. Go'])).toEqual([
      'See example.com/a.b?c=d!e, or https://x.org?q=1.',
      ' Go',
    ]);
    expect(split(['Is it example.com? Yes'])).toEqual(['Is it example.com?', ' Yes']);
  });

  it('do not end at titles, initials and abbreviations, for tokens of any size', () => {
    expect(split(['D', 'r', '.', ' Smith met Mr.', ' J', '.', ' F', '.', ' Kennedy. Go'])).toEqual([
      'Dr. Smith met Mr. J. F. Kennedy.',
      ' Go',
    ]);
    expect(split(['We, e.g. you and I, drove to St. Louis vs. Rome. Go'])).toEqual([
      'We, e.g. you and I, drove to St. Louis vs. Rome.',
      ' Go',
    ]);
    expect(split(['See No. 5. I said no. Then'])).toEqual(['See No. 5.', ' I said no.', ' Then']);
  });

  it('end at an abbreviation when another sentence evidently begins', () => {
    expect(split(['At 5 p.m. we go. At 5 p.m. We go'])).toEqual(['At 5 p.m. we go.', ' At 5 p.m.', ' We go']);
    expect(split(['At 5 p.m. Monday I go'])).toEqual(['At 5 p.m. Monday I go']);
    expect(split(['The U.S. Army is in the U.S. The end'])).toEqual(['The U.S. Army is in the U.S.', ' The end']);
    expect(split(['Tea, etc. is fine, coffee, etc. Then go'])).toEqual(['Tea, etc. is fine, coffee, etc.', ' Then go']);
  });

  it('do not end at an ellipsis that goes on', () => {
    expect(split(['Well... maybe… not', '.', '.', '.', ' Yes'])).toEqual(['Well... maybe… not...', ' Yes']);
  });

  it('have their closing quotes and brackets', () => {
    expect(split(['"Hi', '!', '"', ' Then "no', '.', '"', ' (Wow', '!', ')', ' Go'])).toEqual([
      '"Hi!"',
      ' Then "no."',
      ' (Wow!)',
      ' Go',
    ]);
    expect(split(['"Really?" she asked. **Great!** Go'])).toEqual(['"Really?" she asked.', ' **Great!**', ' Go']);
    expect(split(['「はい。そう。」', '「え？」と言った。次'])).toEqual(['「はい。', 'そう。」', '「え？」と言った。', '次']);
  });

  it('leave a second mark to the next sentence, since the first ended at once', () => {
    expect(early('What', '?!', ' Go.', ' ')).toEqual(['What?', '! Go.']);
  });

  it('end at a new line, but not after the number of an item', () => {
    expect(split(['# Menu\n\n1', '. Tea\n2. Milk\n- Cake'])).toEqual(['# Menu', '\n\n1. Tea', '\n2. Milk', '\n- Cake']);
    expect(early('Tea\n')).toEqual(['Tea']);
  });

  it('come early with the first clause when the first sentence is long', () => {
    const long = ['I would be more than happy to help you with that', ',', ' and you', ', of course, know it', '.'];

    expect(early(...long)).toEqual(['I would be more than happy to help you with that,']);
    expect(early('Yes, of course I can help you with all of that, too. ')).toEqual([
      'Yes, of course I can help you with all of that,',
      ' too.',
    ]);
    expect(split(['Yes, of course I can help.'])).toEqual(['Yes, of course I can help.']);
    expect(split(['Yes, I can, of course'], { firstAfter: 3 })).toEqual(['Yes,', ' I can, of course']);
    expect(split(['Sum it up: 1,000 at 10:30 — ok'], { firstAfter: 12 })).toEqual(['Sum it up: 1,000 at 10:30 —', ' ok']);
  });

  it('are cut at the last clause or word when they grow too long', () => {
    expect(split(['Yes. One two, three four five six'], { longest: 18 })).toEqual(['Yes.', ' One two, three', ' four five six']);
    expect(split(['Yes. One two three, four five six'], { longest: 24 })).toEqual(['Yes.', ' One two three,', ' four five six']);
    expect(split(['abcdefgh'], { longest: 3 })).toEqual(['abc', 'def', 'gh']);
    expect(split(['ab👩‍👧cd'], { longest: 4 })).toEqual(['ab', '👩‍👧', 'cd']);
  });

  describe('of any text', () => {
    const words = [
      'Hi',
      'no',
      'Dr.',
      'U.S.',
      'e.g.',
      'p.m.',
      'J.',
      'I',
      '3',
      '.5',
      '$29',
      'x.com/a',
      'Then',
      'the',
      '1.',
      '好的',
      '👍🏽',
      'é',
    ];
    const marks = ['.', '!', '?', '...', '…', ',', ':', '—', '"', '”', '“', '(', ')', '**', '`', '。', '」', '「', '-', "'"];
    const spaces = [' ', ' ', ' ', '\n', '  ', '\r\n'];
    const text = fc.array(fc.constantFrom(...words, ...marks, ...spaces), { maxLength: 40 }).map((parts) => parts.join(''));
    const configs = fc.constantFrom<SentencesConfig>({}, { firstAfter: 5, longest: 25 }, { firstAfter: 0, longest: 3 });
    const cutAt = (whole: string, places: readonly number[]) => {
      const ends = [...new Set([...places.map((place) => place % (whole.length + 1)), whole.length])].sort((a, b) => a - b);
      return ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
    };

    const characters = (whole: string) => Array.from({ length: whole.length }, (_, i) => whole.charAt(i));

    it('they are the tokens joined, without white space after the last', () => {
      fc.assert(
        fc.property(text, configs, (whole, config) => {
          const joined = split([whole], config).join('');

          expect(whole.startsWith(joined)).toBe(true);
          expect(whole.slice(joined.length).trim()).toBe('');
        }),
        { numRuns: 1000 },
      );
    });

    it('they do not depend on the size of the tokens', () => {
      fc.assert(
        fc.property(text, configs, fc.array(fc.nat(), { maxLength: 40 }), (whole, config, places) => {
          expect(split(cutAt(whole, places), config)).toEqual(split([whole], config));
          expect(split(characters(whole), config)).toEqual(split([whole], config));
        }),
        { numRuns: 1000 },
      );
    });

    it('they are never too long and never empty', () => {
      fc.assert(
        fc.property(text, (whole) => {
          const all = split([whole], { longest: 25 });

          expect(all.every((one) => one.trim() !== '' && one.trimStart().length <= 25)).toBe(true);
        }),
        { numRuns: 1000, examples: [['…e.g.p.m....e.g.HiHi ”👍🏽']] },
      );
    });

    it('they take time in proportion to it', () => {
      const whole = 'I am not sure, but Dr. Smith said it costs $29.50. Really! '.repeat(2000);
      const started = performance.now();
      const all = split(characters(whole));

      expect(all).toHaveLength(4000);
      expect(performance.now() - started).toBeLessThan(5000);
    });
  });
});
