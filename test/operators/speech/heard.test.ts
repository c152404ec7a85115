import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heard } from '../../../operators/speech/heard.ts';
import { Hearing } from '../../../operators/speech/hearing.ts';
import { marbles } from '../../withMarbles.ts';
import { speech } from '../audio/audioChunks.ts';

describe('heard', () => {
  const spoken = { a: speech('Hello there.', 1200, true), b: speech(' How are you?', 600, true) };
  // 600 of 1200 ms: six of twelve characters; 300 of 600 ms: six and a half of thirteen
  const positions = { x: 600, y: 1200, z: 1500, e: 1800 };
  const words = { x: 'Hello', y: 'Hello there.', z: 'Hello there. How', e: 'Hello there. How are you?' };

  it(
    'emits the words of each position',
    marbles((m) => {
      const voice = m.hot('  a--b----------', spoken);
      const source = m.hot(' --x---y-z-e-| ', positions);
      const voiceSubs = '    ^-----------! ';
      const sourceSubs = '   ^-----------! ';
      const expected = '     --x---y-z-e-| ';

      m.expect(source.pipe(heard(voice))).toBeObservable(expected, words);
      m.expect(voice).toHaveSubscriptions(voiceSubs);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'emits no words whose audio has not arrived',
    marbles((m) => {
      const voice = m.hot('  -----|');
      const source = m.hot(' --x-|  ', positions);
      const expected = '     --n-|  ';

      m.expect(source.pipe(heard(voice))).toBeObservable(expected, { n: '' });
    }),
  );

  it(
    'goes on after the speech completes',
    marbles((m) => {
      const voice = m.hot('  a|     ', spoken);
      const source = m.hot(' --x-y-|', positions);
      const expected = '     --x-y-|';

      m.expect(source.pipe(heard(voice))).toBeObservable(expected, words);
    }),
  );

  it(
    'completes empty without positions, and emits nothing while there are none',
    marbles((m) => {
      const voice = m.cold('a-', spoken);

      m.expect(m.cold<number>('|').pipe(heard(voice))).toBeObservable('|');
      m.expect(m.cold<number>('-').pipe(heard(voice))).toBeObservable('-');
    }),
  );

  it(
    'passes the errors of both sources',
    marbles((m) => {
      const voice = m.hot('  a---#', spoken);
      const positive = m.hot('--x---', positions);
      const failing = m.hot(' --x#  ', positions);
      const expected = '     --x-#';
      const sooner = '       --x# ';

      m.expect(positive.pipe(heard(voice))).toBeObservable(expected, words);
      m.expect(failing.pipe(heard(voice))).toBeObservable(sooner, words);
    }),
  );

  it(
    'unsubscribes from both sources when its subscriber leaves',
    marbles((m) => {
      const voice = m.hot('  a--b----', spoken);
      const source = m.hot(' --x---y-', positions);
      const unsub = '        ----!    ';
      const subs = '         ^---!    ';
      const expected = '     --x--    ';

      m.expect(source.pipe(heard(voice)), unsub).toBeObservable(expected, words);
      m.expect(voice).toHaveSubscriptions(subs);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );
});

describe('Hearing', () => {
  const hearing = (...chunks: readonly ReturnType<typeof speech>[]) => {
    const all = new Hearing();
    for (const chunk of chunks) all.add(chunk);
    return all;
  };

  it('returns whole words in proportion to the time', () => {
    const all = hearing(speech('It is $3.50, sir.', 1700, true));

    expect([0, 199, 200, 1100, 1199, 1200, 1699, 1700].map((ms) => all.at(ms))).toEqual([
      '',
      '',
      'It',
      'It is',
      'It is',
      'It is $3.50,',
      'It is $3.50,',
      'It is $3.50, sir.',
    ]);
  });

  it('assumes 65 ms a character until a segment has ended', () => {
    const open = hearing(speech('one two three four', 400));

    // 400 of 18 × 65 = 1170 ms: six characters of eighteen
    expect(open.msPerCharacter).toBe(65);
    expect(open.at(400)).toBe('one');
  });

  it('measures the time of a character', () => {
    const learned = hearing(speech('0123456789', 1000, true), speech(' one two three', 700));

    // half of 14 × 100 ms
    expect(learned.msPerCharacter).toBe(100);
    expect(learned.at(1700)).toBe('0123456789 one');
  });

  it('assumes the duration of the audio so far if that is longer', () => {
    const long = hearing(speech('one two', 300), speech('one two', 500));

    expect(long.at(400)).toBe('one');
    expect(long.at(800)).toBe('one two');
  });

  it('keeps the words heard when the segment turns out longer', () => {
    const all = hearing(speech('one two', 455));

    expect(all.at(455)).toBe('one two');
    all.add(speech('one two', 10_000, true));
    expect(all.at(455)).toBe('one two');
    expect(all.at(454)).toBe('');
  });

  it('ends a segment at its last chunk or at another text', () => {
    const twice = hearing(speech('No.', 100, true), speech('No.', 100, true));
    const other = hearing(speech('One.', 100), speech(' Two.', 100, true));

    expect(twice.at(100)).toBe('No.');
    expect(twice.at(200)).toBe('No.No.');
    expect(other.at(100)).toBe('One.');
  });

  it('returns a text without audio as soon as the audio before it was played, and nothing before the start', () => {
    const all = hearing(speech('One.', 100, true), speech(' *', 0, true));

    expect(all.at(100)).toBe('One. *');
    expect(hearing(speech('One.', 0, true)).at(0)).toBe('');
    expect(new Hearing().at(100)).toBe('');
  });

  it('finds words in a script without spaces', () => {
    const all = hearing(speech('你好，世界！', 600, true));

    expect(all.at(299)).toBe('');
    expect(all.at(300)).toBe('你好，');
    expect(all.at(600)).toBe('你好，世界！');
  });

  describe('of any speech', () => {
    const words = fc.constantFrom('a', 'one', ' two', ' three,', '  $3.50', '\n', ' end.', ' x-y');
    const chunk = fc.record({
      text: fc.array(words, { maxLength: 5 }).map((all) => all.join('')),
      chunks: fc.array(fc.nat({ max: 900 }), { minLength: 1, maxLength: 4 }),
      ended: fc.boolean(),
    });
    const replies = fc
      .array(chunk, { maxLength: 6 })
      .map((segments) =>
        segments.flatMap(({ text, chunks, ended }, i) =>
          chunks.map((ms, n) => speech(text, ms, n === chunks.length - 1 && (ended || i === segments.length - 1))),
        ),
      );

    it('the words heard never shrink, neither with the position nor with later chunks', () => {
      const steps = fc.array(fc.nat({ max: 4000 }), { maxLength: 12 });
      fc.assert(
        fc.property(replies, fc.array(steps, { maxLength: 24 }), (chunks, asked) => {
          const all = new Hearing();
          const reports: { at: number; words: string }[] = [];
          const shrunk: unknown[] = [];
          chunks.forEach((one, i) => {
            all.add(one);
            for (const at of asked[i] ?? []) {
              const words = all.at(at);
              shrunk.push(...reports.filter((before) => before.at <= at && !words.startsWith(before.words)));
              reports.push({ at, words });
            }
          });
          expect(shrunk).toEqual([]);
        }),
        { numRuns: 500 },
      );
    });

    it('the words heard are whole words from the start of the text, and all of it at the end', () => {
      fc.assert(
        fc.property(replies, fc.array(fc.nat({ max: 9000 }), { maxLength: 20 }), (chunks, asked) => {
          const all = hearing(...chunks);
          const segments = chunks.filter((one, i) => {
            const next = chunks[i + 1];
            return one.last === true || next === undefined || next.text !== one.text;
          });
          const text = segments
            .map((segment) => segment.text)
            .join('')
            .trim();
          const isPrefix = (words: string) => text.startsWith(words);
          const isWhole = (words: string) =>
            words === '' || /^(\s|$)/.test(text.slice(words.length)) || endsSegment(segments, words);
          const answers = asked.map((at) => all.at(at));

          expect(answers.filter((words) => !isPrefix(words) || !isWhole(words))).toEqual([]);
          expect(all.at(0)).toBe('');
          expect(all.audioMs === 0 || all.at(all.audioMs) === text).toBe(true);
        }),
        { numRuns: 500 },
      );
    });
  });
});

/** Whether these words are those of the first segments: where one ends, a word does. */
function endsSegment(segments: readonly { readonly text: string }[], words: string): boolean {
  let text = '';
  return segments.some((segment) => (text += segment.text).trim() === words);
}
