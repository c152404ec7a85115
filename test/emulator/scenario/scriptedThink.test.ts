import { describe, expect, it } from 'vitest';
import { scriptedThink, type ModelMoment, type ModelScript } from '../../../src/emulator/scenario/index.ts';
import { marbles } from '../../withMarbles.ts';

/** The first token after 4 ms, the others 2 ms apart. */
const fast = { firstTokenMs: 4, tokenMs: 2 };
const model = (more: ModelScript = {}) => ({ model: { ...fast, ...more } });
const user = (...turns: string[]) => turns.map((content) => ({ role: 'user', content }));
const failed = { name: 'ModelError', message: 'The model failed in the middle of its answer.' };
const refused = { name: 'ModelError', message: 'The model refused the request (500).' };
const three = { a: 'One', b: ' two', c: ' three.' };

describe('scriptedThink', () => {
  it(
    'answers with the words of the reply, each with the space before it',
    marbles((m) => {
      const think = scriptedThink(model({ replies: ['One two three.'] }));
      const expected = '----a-b-(c|)';

      m.expect(think(user('hi'))).toBeObservable(expected, three);
    }),
  );

  it(
    'says "Sure." after 200 ms when nothing else is told',
    marbles((m) => {
      m.expect(scriptedThink({})(user('hi'))).toBeObservable('200ms (a|)', { a: 'Sure.' });
    }),
  );

  it(
    'completes without a token when the reply is empty',
    marbles((m) => {
      m.expect(scriptedThink(model({ replies: [''] }))(user('hi'))).toBeObservable('----|');
    }),
  );

  it(
    'says a reply of nothing but space',
    marbles((m) => {
      m.expect(scriptedThink(model({ replies: [' \n '] }))(user('hi'))).toBeObservable('----(a|)', { a: ' \n ' });
    }),
  );

  it(
    'goes by user turn, the last reply again and again',
    marbles((m) => {
      const think = scriptedThink(model({ replies: ['One', 'two'] }));
      const first = '  ----(a|)';
      const second = ' ----(b|)';

      m.expect(think(user('x'))).toBeObservable(first, { a: 'One' });
      m.expect(think(user('x'))).toBeObservable(first, { a: 'One' });
      m.expect(think(user('x', 'y'))).toBeObservable(second, { b: 'two' });
      m.expect(think(user('x', 'y', 'z'))).toBeObservable(second, { b: 'two' });
    }),
  );

  it(
    'prefers the first entry whose words were said last, case ignored',
    marbles((m) => {
      const think = scriptedThink(
        model({ replies: ['Hm.', { when: 'PRICE', say: 'Ten.' }, { when: 'the price', say: 'Never.' }] }),
      );
      const expected = '----(a|)';

      m.expect(think(user('What is the price?'))).toBeObservable(expected, { a: 'Ten.' });
      m.expect(think(user('What is the price?', 'Thanks'))).toBeObservable(expected, { a: 'Hm.' });
    }),
  );

  it(
    'asks a function for the reply',
    marbles((m) => {
      const think = scriptedThink(model({ replies: (messages) => `${messages.length}` }));

      m.expect(think(user('a', 'b'))).toBeObservable('----(a|)', { a: '2' });
    }),
  );

  it(
    'fails after so many tokens, the first times only',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One two three.', failAfterTokens: 2, times: 1 }] }));

      m.expect(think(user('hi'))).toBeObservable('----a-(b#)', three, failed);
      m.expect(think(user('hi'))).toBeObservable('----a-b-(c|)', three);
    }),
  );

  it(
    'is refused with a status when the first token would have come',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One', status: 500 }] }));

      m.expect(think(user('hi'))).toBeObservable('----#', undefined, refused);
    }),
  );

  it(
    'stalls after so many tokens',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One two three.', stallAfterTokens: 1 }] }));

      m.expect(think(user('hi'))).toBeObservable('----a----', three);
    }),
  );

  it(
    'stops when it is left, and has told so in that moment',
    marbles((m) => {
      const moments: ModelMoment[] = [];
      const think = scriptedThink(model({ replies: ['One two three.'] }), (moment) => moments.push(moment));
      const messages = user('hi');

      m.expect(think(messages), '^----!').toBeObservable('----a-', three);
      m.flush();
      expect(moments).toStrictEqual([
        { type: 'request', request: 0, at: 0, messages },
        { type: 'token', request: 0, at: 4, text: 'One' },
        { type: 'abort', request: 0, at: 5 },
        { type: 'end', request: 0, at: 5 },
      ]);
    }),
  );

  it(
    'goes on after an abort when it lags, but nobody hears it',
    marbles((m) => {
      const moments: ModelMoment[] = [];
      const think = scriptedThink(model({ replies: [{ say: 'One two three.', abortLagMs: 2 }] }), (moment) =>
        moments.push(moment),
      );

      m.expect(think(user('hi')), '^----!').toBeObservable('----a-', three);
      m.flush();
      expect(moments.slice(2)).toStrictEqual([
        { type: 'abort', request: 0, at: 5 },
        { type: 'token', request: 0, at: 6, text: ' two' },
        { type: 'end', request: 0, at: 7 },
      ]);
    }),
  );

  it(
    'tells of the end once, by itself or by failing',
    marbles((m) => {
      const moments: ModelMoment[] = [];
      const think = scriptedThink(model({ replies: ['One', { when: 'fail', say: 'One', failAfterTokens: 0 }] }), (moment) =>
        moments.push(moment),
      );

      m.expect(think(user('hi'))).toBeObservable('  ----(a|)', { a: 'One' });
      m.expect(think(user('fail'))).toBeObservable('----#', undefined, failed);
      m.flush();
      expect(moments.map(({ type, request, at }) => `${type} ${request} ${at}`)).toStrictEqual([
        'request 0 0',
        'request 1 0',
        'token 0 4',
        'end 0 4',
        'end 1 4',
      ]);
    }),
  );
});
