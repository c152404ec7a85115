import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Sentence, Speech } from '../../../operators/events.ts';
import { Hearing } from '../../../operators/speech/hearing.ts';
import { plainWords } from '../../../operators/speech/plainWords.ts';
import { sentences } from '../../../operators/speech/sentences.ts';
import { speakable } from '../../../operators/speech/speakable.ts';
import { lasting } from '../audio/audioChunks.ts';

/** What becomes of a reply on its way to the voice. */
function said(reply: string): Sentence[] {
  const all: Sentence[] = [];
  from([{ type: 'Token', text: reply } as const])
    .pipe(sentences(), speakable())
    .subscribe((one) => all.push(one));
  return all;
}

const textOf = (all: readonly Sentence[]) => all.map(({ text }) => text).join('');
const spokenOf = (all: readonly Sentence[]) => all.map(({ spoken }) => spoken).join(' ');

/** A segment said in one piece, 10 ms a character. */
const segment = (all: readonly Sentence[]): Speech => ({
  type: 'Speech',
  audio: lasting(10 * spokenOf(all).length),
  text: textOf(all),
  sentences: all,
  last: true,
});

/** What was heard of these sentences, said as one segment, when so much of their spoken words was. */
function heardOf(all: readonly Sentence[], spoken: string): string {
  if (!spokenOf(all).startsWith(spoken)) throw new Error(`Not said so: ${spokenOf(all)}`);
  const hearing = new Hearing();
  hearing.add(segment(all));
  return hearing.at(10 * spoken.length);
}

/** The same of a reply of the model. */
const heardIn = (reply: string, spoken: string) => heardOf(said(reply), spoken);

describe('Hearing', () => {
  it('returns a price as one word', () => {
    const reply = 'It is $3.50, sir.';

    expect(heardIn(reply, 'It is')).toBe('It is');
    expect(heardIn(reply, 'It is $3.50')).toBe('It is');
    expect(heardIn(reply, 'It is $3.50,')).toBe('It is $3.50,');
  });

  it('returns a price spoken in several words after the last of them', () => {
    const price = [{ text: 'It is $3.50, sir.', spoken: 'It is three dollars fifty, sir.' }];

    expect(heardOf(price, 'It is three dollars')).toBe('It is');
    expect(heardOf(price, 'It is three dollars fifty,')).toBe('It is $3.50,');
    expect(heardOf(price, 'It is three dollars fifty, sir')).toBe('It is $3.50,');
  });

  it('returns bold words with their marks', () => {
    const reply = '**Sure**, it is **very good**, *really* good.';

    expect(heardIn(reply, 'Sur')).toBe('');
    expect(heardIn(reply, 'Sure,')).toBe('**Sure**,');
    expect(heardIn(reply, 'Sure, it is very')).toBe('**Sure**, it is **very');
    expect(heardIn(reply, 'Sure, it is very good,')).toBe('**Sure**, it is **very good**,');
    expect(heardIn(reply, 'Sure, it is very good, really')).toBe('**Sure**, it is **very good**, *really*');
  });

  it('returns code with its marks', () => {
    const reply = 'Type `npm run my_test` and wait.';

    expect(heardIn(reply, 'Type npm run')).toBe('Type `npm run');
    expect(heardIn(reply, 'Type npm run my')).toBe('Type `npm run');
    expect(heardIn(reply, 'Type npm run my test')).toBe('Type `npm run my_test`');
  });

  it('returns the target of a link with the last word of its text', () => {
    const reply = 'See [the menu](https://example.com/the/menu "The menu") for more.';

    expect(heardIn(reply, 'See')).toBe('See');
    expect(heardIn(reply, 'See the')).toBe('See [the');
    expect(heardIn(reply, 'See the men')).toBe('See [the');
    expect(heardIn(reply, 'See the menu')).toBe('See [the menu](https://example.com/the/menu "The menu")');
    expect(heardIn(reply, 'See the menu for')).toBe('See [the menu](https://example.com/the/menu "The menu") for');
  });

  it('returns a long address only after its host was spoken', () => {
    const reply = 'Look at https://www.example.com/a/very/long/way/to/go?and=more now, please.';

    expect(heardIn(reply, 'Look at')).toBe('Look at');
    expect(heardIn(reply, 'Look at example dot')).toBe('Look at');
    expect(heardIn(reply, 'Look at example dot com')).toBe('Look at https://www.example.com/a/very/long/way/to/go?and=more');
    expect(heardIn(reply, 'Look at example dot com now,')).toBe(
      'Look at https://www.example.com/a/very/long/way/to/go?and=more now,',
    );
  });

  it('returns list items one by one, each bullet with its item', () => {
    const reply = 'We have:\n- **Tea**\n- Milk & honey\n1. Cake';

    expect(spokenOf(said(reply))).toBe('We have: Tea Milk and honey 1, Cake');
    expect(heardIn(reply, 'We have:')).toBe('We have:');
    expect(heardIn(reply, 'We have: Tea')).toBe('We have:\n- **Tea**');
    expect(heardIn(reply, 'We have: Tea Milk')).toBe('We have:\n- **Tea**\n- Milk');
    expect(heardIn(reply, 'We have: Tea Milk and')).toBe('We have:\n- **Tea**\n- Milk &');
    expect(heardIn(reply, 'We have: Tea Milk and honey 1,')).toBe('We have:\n- **Tea**\n- Milk & honey\n1.');
  });

  it('returns a code block with the first word after it', () => {
    const code = '\n```js\nlet that = is(it); // That is it, really!\n```\n';
    const reply = `Try this:${code}That is it.`;

    expect(spokenOf(said(reply))).toBe('Try this: That is it.');
    expect(heardIn(reply, 'Try')).toBe('Try');
    expect(heardIn(reply, 'Try this:')).toBe('Try this:');
    expect(heardIn(reply, 'Try this: Tha')).toBe('Try this:');
    expect(heardIn(reply, 'Try this: That')).toBe(`Try this:${code}That`);
    expect(heardIn(reply, 'Try this: That is')).toBe(`Try this:${code}That is`);
  });

  it('returns a picture with the word before it, and at the beginning with the first word', () => {
    expect(heardIn('🎉 Yes 👍 of course.', 'Ye')).toBe('');
    expect(heardIn('🎉 Yes 👍 of course.', 'Yes')).toBe('🎉 Yes 👍');
    expect(heardIn('🎉 Yes 👍 of course.', 'Yes of')).toBe('🎉 Yes 👍 of');
  });

  it('returns a word after the extra words spoken before it', () => {
    expect(heardIn('It takes ~5 days, *I think*.', 'It takes about')).toBe('It takes');
    expect(heardIn('It takes ~5 days, *I think*.', 'It takes about 5')).toBe('It takes ~5');
  });

  it('shares the spoken words among words without a match', () => {
    const other = [{ text: 'aa bb cc dd', spoken: 'one two three four' }];

    // "bb" ends at 5 of 11, so at 8.2 of 18 characters spoken: when "three" was
    expect(heardOf(other, 'one two')).toBe('aa');
    expect(heardOf(other, 'one two three')).toBe('aa bb');
    expect(heardOf(other, 'one two three fou')).toBe('aa bb');
    expect(heardOf(other, 'one two three four')).toBe('aa bb cc dd');
  });

  it('returns a sentence without spoken words with the next one, and a last one at the end', () => {
    const all = [
      { text: '- ', spoken: '' },
      { text: 'One. ', spoken: 'One.' },
      { text: '-- ', spoken: '' },
      { text: 'Two. ', spoken: 'Two.' },
      { text: '🎉', spoken: '' },
    ];
    const hearing = new Hearing();
    hearing.add({ type: 'Speech', audio: lasting(90), text: '- One. -- Two. 🎉', sentences: all, last: true });

    expect([30, 40, 80, 89, 90].map((ms) => hearing.at(ms))).toEqual(['', '- One.', '- One.', '- One.', '- One. -- Two. 🎉']);
  });

  it('assumes the text is spoken as written if the sentences do not match it', () => {
    const hearing = new Hearing();
    const other = [{ text: 'Other.', spoken: 'A long one, this.' }];
    hearing.add({ type: 'Speech', audio: lasting(110), text: 'One **two**', sentences: other, last: true });

    expect([29, 30, 109].map((ms) => hearing.at(ms))).toEqual(['', 'One', 'One']);
  });

  it('counts the spoken characters, before and after the end of the segment', () => {
    const address = 'https://example.com/a/very/long/way/to/go';
    const one = { text: `See ${address} now.`, spoken: 'See example dot com now.' };
    const open = new Hearing(10);
    open.add({ type: 'Speech', audio: lasting(190), text: one.text, sentences: [one] });

    expect(open.at(189)).toBe('See');
    expect(open.at(190)).toBe(`See ${address}`);
    open.add({ type: 'Speech', audio: lasting(290), text: one.text, last: true });
    expect(open.msPerCharacter).toBe(20);
  });

  describe('of audio that ended early', () => {
    const one = { text: 'One two. ', spoken: 'One two.' };
    const three = { text: 'Three four.', spoken: 'Three four.' };
    const both = { type: 'Speech', text: one.text + three.text, sentences: [one, three] } as const;
    /** `One two. Three four.` of which 60 ms came at 10 ms a character, and the sound broke off in the first sentence. */
    const broken = () => {
      const hearing = new Hearing(10);
      hearing.add({ ...both, audio: lasting(60) });
      hearing.add({ ...both, audio: lasting(0), text: one.text, sentences: [one], last: true, brokenOff: true });
      return hearing;
    };

    it('returns only the words that fit the time', () => {
      expect(broken().at(60)).toBe('One');
    });

    it('returns the words spoken after it, and the missing words only once they are spoken', () => {
      const hearing = broken();
      hearing.add({ type: 'Speech', audio: lasting(110), text: three.text, sentences: [three], last: true });

      expect(hearing.at(59)).toBe('One');
      expect(hearing.at(110)).toBe('One two. Three');
      expect(hearing.at(170)).toBe('One two. Three four.');
    });

    it('does not measure the pace with it', () => {
      const hearing = broken();
      hearing.add({ type: 'Speech', audio: lasting(220), text: three.text, sentences: [three], last: true });

      expect(hearing.msPerCharacter).toBe(20);
    });
  });

  describe('of any reply', () => {
    const parts = fc.constantFrom(
      'one',
      'Two',
      'tree',
      'of',
      'of',
      '$3.50',
      '50%',
      '~5',
      '&',
      '+',
      '🎉',
      '-',
      '你好，世界。',
      '**very**',
      '**not quite**',
      '_so_',
      '`npm i`',
      '`my_test`',
      '[the menu](https://x.y/the/menu)',
      'https://www.example.com/a/of?b=c',
      'bob@example.com',
      'example.com/of',
      '<b>bold</b>',
      'AT&T',
      'one**',
      '[',
      '|',
      'this.',
      'so!',
      'really?',
      'well,',
      '\n- ',
      '\n1. ',
      '\n## ',
      '\n> ',
      '\n\n',
      '\n```js\nlet one = of; // Two!\n```\n',
      '\n```\n',
      '\n| a | b |\n|---|---|\n',
    );
    const replies = fc
      .array(parts, { maxLength: 30 })
      .map((all) => all.join(' '))
      .map(said);
    /** The sentences of a reply, so many flushed together. */
    const segments = fc.tuple(replies, fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 30 })).map(([all, sizes]) => {
      const rest = [...all];
      const groups: Sentence[][] = [];
      while (rest.length > 0) groups.push(rest.splice(0, sizes[groups.length] ?? 1));
      return groups;
    });

    it('the words heard are whole, never fewer at a later position, none at first and all at the end', () => {
      fc.assert(
        fc.property(segments, (groups) => {
          const hearing = new Hearing();
          for (const group of groups) hearing.add(segment(group));
          const text = textOf(groups.flat()).trim();
          const steps = Array.from({ length: hearing.audioMs / 5 + 1 }, (_, i) => hearing.at(i * 5));
          const ends = wholeLengths(groups);

          expect(steps.filter((heard) => !text.startsWith(heard))).toEqual([]);
          expect(steps.filter((heard, i) => heard.length < (steps[i - 1]?.length ?? 0))).toEqual([]);
          expect(steps.filter((heard) => !ends.has(heard.length))).toEqual([]);
          expect(steps[0]).toBe('');
          expect(hearing.at(hearing.audioMs)).toBe(text);
        }),
        { numRuns: 500 },
      );
    });

    it('a word is heard when its spoken words were, together with unspoken marks after it', () => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 25 }), (chosen) => {
          const words = chosen.map((kind, i) => kind(`w${i}`));
          const text = words.map((word) => word.text).join(' ');
          const all = [{ text, spoken: plainWords(text) }];
          const spoken = words.flatMap((word) => word.spoken);

          expect(spokenOf(all)).toBe(spoken.join(' '));
          spoken.forEach((_, said) => {
            expect(heardOf(all, spoken.slice(0, said).join(' '))).toBe(said === 0 ? '' : heardAfter(words, said));
          });
        }),
        { numRuns: 500 },
      );
    });
  });
});

interface Word {
  readonly text: string;
  readonly spoken: readonly string[];
}

/** Ways to write a word, and the words said for it. */
const kinds: ((word: string) => Word)[] = [
  (word) => ({ text: word, spoken: [word] }),
  (word) => ({ text: word, spoken: [word] }),
  (word) => ({ text: `**${word}**`, spoken: [word] }),
  (word) => ({ text: `\`${word}\``, spoken: [word] }),
  (word) => ({ text: `[${word}](https://x.com/${word}/of)`, spoken: [word] }),
  (word) => ({ text: `[${word}](https://x.com "A title of more words")`, spoken: [word] }),
  (word) => ({ text: `https://www.${word}.com/a/long/way?to=go`, spoken: [word, 'dot', 'com'] }),
  (word) => ({ text: `me@${word}.com`, spoken: ['me', 'at', word, 'dot', 'com'] }),
  (word) => ({ text: `<b>${word}</b>`, spoken: [word] }),
  (word) => ({ text: `${word}_so`, spoken: [word, 'so'] }),
  (word) => ({ text: `${word}&co`, spoken: [word, 'and', 'co'] }),
  () => ({ text: '🎉', spoken: [] }),
];

/** The text up to the last word of which everything is among the first `said` spoken words. */
function heardAfter(words: readonly Word[], said: number): string {
  let left = said;
  const last = words.findIndex(({ spoken }) => (left -= spoken.length) < 0);
  const heard = words.slice(0, last);
  return heard.some(({ spoken }) => spoken.length > 0) ? heard.map(({ text }) => text).join(' ') : '';
}

/** How long a text may be that ends with a word: where space is, a sentence ends, or no spaces are written. */
function wholeLengths(groups: readonly (readonly Sentence[])[]): Set<number> {
  const lengths = new Set<number>();
  let text = '';
  for (const char of Array.from(textOf(groups.flat()))) {
    if (/\s/.test(char) || /[\p{Script=Han}，。]$/u.test(text)) lengths.add(text.trim().length);
    text += char;
  }
  groups.flat().reduce((before, sentence) => {
    lengths.add((before + sentence.text).trim().length);
    return before + sentence.text;
  }, '');
  return lengths.add(0);
}
