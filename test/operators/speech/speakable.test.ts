import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../../operators/events.ts';
import { plainWords } from '../../../operators/speech/plainWords.ts';
import { sentences } from '../../../operators/speech/sentences.ts';
import { speakable } from '../../../operators/speech/speakable.ts';
import { marbles } from '../../withMarbles.ts';

const sentence = (text: string, spoken = text.trim()): Sentence => ({ text, spoken });

/** What becomes of a reply on its way to the voice. */
function said(reply: string): Sentence[] {
  const all: Sentence[] = [];
  from([{ type: 'Token', text: reply } as const])
    .pipe(sentences(), speakable())
    .subscribe((one) => all.push(one));
  return all;
}

describe('speakable', () => {
  const values: Record<string, Sentence> = {
    a: sentence('**Sure**!'),
    b: sentence(' 🎉🎉'),
    c: sentence(' See [the menu](https://x.y).'),
    A: sentence('**Sure**!', 'Sure!'),
    C: sentence(' See [the menu](https://x.y).', 'See the menu.'),
    B: sentence(' 🎉🎉 See [the menu](https://x.y).', 'See the menu.'),
  };

  it(
    'rewrites the spoken text and keeps the text',
    marbles((m) => {
      const source = m.hot('-a---c-|', values);
      const subs = '        ^------!';
      const expected = '    -A---C-|';

      m.expect(source.pipe(speakable())).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'puts a text without spoken words before the next one',
    marbles((m) => {
      const source = m.hot('-a-b-c-|', values);
      const expected = '    -A---B-|';

      m.expect(source.pipe(speakable())).toBeObservable(expected, values);
    }),
  );

  it(
    'drops it at the end',
    marbles((m) => {
      const source = m.hot('-a-b-|', values);
      const expected = '    -A---|';

      m.expect(source.pipe(speakable())).toBeObservable(expected, values);
    }),
  );

  it(
    'completes empty with an empty source, and emits nothing while it is silent',
    marbles((m) => {
      m.expect(m.cold<Sentence>('|').pipe(speakable())).toBeObservable('|');
      m.expect(m.cold<Sentence>('-').pipe(speakable())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-a-b-#', values);
      const expected = '    -A---#';

      m.expect(source.pipe(speakable())).toBeObservable(expected, values);
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-a-c-|', values);
      const unsub = '       --!   ';
      const subs = '        ^-!   ';
      const expected = '    -A-   ';

      m.expect(source.pipe(speakable()), unsub).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('leaves fenced code out, even across sentences', () => {
    const reply = 'Try this:\n```js\nlet x = 1; // Really!\n\nlet y = 2;\n```\nThat is it.';

    expect(said(reply).map(({ spoken }) => spoken)).toEqual(['Try this:', 'That is it.']);
    expect(
      said(reply)
        .map(({ text }) => text)
        .join(''),
    ).toBe(reply);
  });

  it('keeps the texts joined exact, up to the last spoken sentence', () => {
    const parts = fc.constantFrom('Hi', ' ', '. ', '! ', '\n', '🎉', '**', '- ', '```', '`', '[a](b)', '1. ', '---', '|', 'x');
    const replies = fc.array(parts, { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(replies, (reply) => {
        const all = said(reply);

        expect(reply.startsWith(all.map(({ text }) => text).join(''))).toBe(true);
        expect(all.every(({ spoken }) => /[\p{L}\p{N}]/u.test(spoken))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('plainWords', () => {
  it('are emphasis, headings, quotations, rules and escapes without their marks', () => {
    expect(plainWords('**Sure**, *I* can _help_ __you__ ~~now~~!')).toBe('Sure, I can help you now!');
    expect(plainWords('## The menu ##')).toBe('The menu');
    expect(plainWords('> quoted')).toBe('quoted');
    expect(plainWords('---\n# Tea')).toBe('Tea');
    expect(plainWords('\\*not\\* bold')).toBe('not bold');
    expect(plainWords('**half')).toBe('half');
  });

  it('are lists without bullets, with their numbers', () => {
    expect(plainWords('- Tea')).toBe('Tea');
    expect(plainWords('* Tea\n• Milk')).toBe('Tea Milk');
    expect(plainWords('- [x] Tea')).toBe('Tea');
    expect(plainWords('1. Tea')).toBe('1, Tea');
    expect(plainWords('2) **Milk** first')).toBe('2, Milk first');
  });

  it('are the text of links and pictures, and the host of addresses', () => {
    expect(plainWords('See [the menu](https://x.y/z?a=b).')).toBe('See the menu.');
    expect(plainWords('![a cake](cake.png)')).toBe('a cake');
    expect(plainWords('See https://www.example.com/a/b.html?c=d.')).toBe('See example dot com.');
    expect(plainWords('See example.com/a.b, or <https://foo.co.uk>!')).toBe('See example dot com, or foo dot co dot uk!');
    expect(plainWords('Go to https://me:secret@example.com:8080/.')).toBe('Go to example dot com.');
    expect(plainWords('Write to bob@example.com.')).toBe('Write to bob at example dot com.');
  });

  it('are the text of code, and nothing of fenced code', () => {
    expect(plainWords('Use `npm install`.')).toBe('Use npm install.');
    expect(plainWords('So:\n```\nlet x\n```\nDone.')).toBe('So: Done.');
    expect(plainWords('So:\n```\nlet x')).toBe('So:');
  });

  it('are tables without pipes and HTML without tags', () => {
    expect(plainWords('| Tea | $3.50 |\n|---|:-:|\n| Milk | $1 |')).toBe('Tea, $3.50 Milk, $1');
    expect(plainWords('<b>Bold</b> and<br/>more <a href="x">x</a>')).toBe('Bold and more x');
    expect(plainWords('R&amp;B')).toBe('R and B');
    expect(plainWords('a < b')).toBe('a < b');
  });

  it('have no pictures', () => {
    expect(plainWords('🎉 Party! 👍🏽 👨‍👩‍👧 🇩🇪 ✅')).toBe('Party!');
    expect(plainWords('👍')).toBe('');
    expect(plainWords('…!')).toBe('');
  });

  it('are signs as words', () => {
    expect(plainWords('Salt & pepper, AT&T')).toBe('Salt and pepper, AT and T');
    expect(plainWords('2 + 2 = 4, 2 * 3 = 6')).toBe('2 plus 2 equals 4, 2 times 3 equals 6');
    expect(plainWords('It is ~5 km.')).toBe('It is about 5 km.');
  });

  it('keep numbers, currency, quotes and names of things as they are', () => {
    const plain = 'It is $3.50, 50% or 1,000 at 20 °C: "v1.2" of Node.js, C++, e.g. \'x\'; .5 too, 10:30 - 11:00.';

    expect(plainWords(plain)).toBe(plain);
  });

  it('do not begin with marks that ended the sentence before', () => {
    expect(plainWords('!! Then')).toBe('Then');
    expect(plainWords('" Then')).toBe('Then');
    expect(plainWords('"Then"')).toBe('"Then"');
  });

  it('are the same with and without the shortcut for plain text', () => {
    const parts = fc.constantFrom(
      'Hi',
      ' ',
      ' ',
      '.',
      '!',
      ',',
      '5',
      '3.5',
      '1. ',
      '-',
      '--- ',
      ':',
      '"',
      '“',
      "'",
      '$',
      'e.g.',
      'x.com',
      'é',
      '(',
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 20 }).map((all) => all.join('')),
        (text) => {
          expect(plainWords(`${text} *so*`)).toBe(plainWords(`${text} so`));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('have no marks left, in any combination', () => {
    const parts = fc.constantFrom(
      'Hi',
      ' ',
      '.',
      '!',
      '\n',
      '🎉',
      '**',
      '- ',
      '`',
      '[a](b)',
      '|',
      'x.com',
      '&',
      '5',
      '_',
      '<b>',
      '"',
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 20 }).map((all) => all.join('')),
        (text) => {
          const once = plainWords(text);

          expect(once).not.toMatch(/[*`|\n🎉]/u);
          expect(once).toBe(once.trim());
        },
      ),
      { numRuns: 1000 },
    );
  });
});
