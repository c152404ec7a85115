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
    'emits the words of the reply, each with the space before it',
    marbles((m) => {
      const think = scriptedThink(model({ replies: ['One two three.'] }));
      const expected = '----a-b-(c|)';

      m.expect(think(user('hi'))).toBeObservable(expected, three);
    }),
  );

  it(
    'answers "Sure." after 200 ms by default',
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
    'emits a reply of only spaces',
    marbles((m) => {
      m.expect(scriptedThink(model({ replies: [' \n '] }))(user('hi'))).toBeObservable('----(a|)', { a: ' \n ' });
    }),
  );

  it(
    'answers by user turn, and repeats the last reply',
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
    'prefers the first entry whose `when` is in the last user message, ignoring case',
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
    'calls a function for the reply',
    marbles((m) => {
      const think = scriptedThink(model({ replies: (messages) => `${messages.length}` }));

      m.expect(think(user('a', 'b'))).toBeObservable('----(a|)', { a: '2' });
    }),
  );

  it(
    'fails after failAfterTokens, as often as times',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One two three.', failAfterTokens: 2, times: 1 }] }));

      m.expect(think(user('hi'))).toBeObservable('----a-(b#)', three, failed);
      m.expect(think(user('hi'))).toBeObservable('----a-b-(c|)', three);
    }),
  );

  it(
    'is refused with a status at the time of the first token',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One', status: 500 }] }));

      m.expect(think(user('hi'))).toBeObservable('----#', undefined, refused);
    }),
  );

  it(
    'stalls after stallAfterTokens',
    marbles((m) => {
      const think = scriptedThink(model({ replies: [{ say: 'One two three.', stallAfterTokens: 1 }] }));

      m.expect(think(user('hi'))).toBeObservable('----a----', three);
    }),
  );

  it(
    'stops when it is unsubscribed, and reports the abort at once',
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
    'continues after an abort with abortLagMs, without a subscriber',
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
    'reports the end once, after completion or failure',
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
