import { describe, it } from 'vitest';
import { ModelError } from '../../src/errors.ts';
import type { ChatChunk } from '../../src/llm/chunks.ts';
import { thoughts } from '../../src/llm/thoughts.ts';
import { marbles } from '../withMarbles.ts';

const chunk = (delta: object, finish_reason: string | null = null): ChatChunk =>
  ({ id: 'c', choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null }) as unknown as ChatChunk;

/** `o` opens the answer, `a` `b` are tokens, `f` finishes, `u` is the usage, `z` both in one. */
const chunks = {
  o: chunk({ role: 'assistant', content: '', refusal: null }),
  a: chunk({ content: 'A' }),
  b: chunk({ content: ' b' }),
  f: chunk({}, 'stop'),
  u: { id: 'c', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } } as unknown as ChatChunk,
  t: chunk({}, 'tool_calls'),
  r: chunk({ refusal: 'No.' }),
};
const out = {
  a: { type: 'Token', text: 'A' },
  b: { type: 'Token', text: ' b' },
  u: { type: 'Usage', inputTokens: 3, outputTokens: 2 },
} as const;

const truncated = new ModelError('truncated', 'The answer ended before the model had finished.');

describe('thoughts', () => {
  it(
    'emits tokens and usage, and completes with the body',
    marbles((m) => {
      const source = m.cold('  o--a--b--f-u-|      ', chunks);
      const sourceSubs = '     ^------------!       ';
      const expected = '       ---a--b----u-|      ';

      m.expect(source.pipe(thoughts(5000, 5000))).toBeObservable(expected, out);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'unsubscribes from an open body 200 ms after the usage',
    marbles((m) => {
      const source = m.cold('  a-f-u---------       ', chunks);
      const sourceSubs = '     ^---- 199ms !        ';
      const expected = '       a---u 199ms |        ';

      m.expect(source.pipe(thoughts(5000, 5000))).toBeObservable(expected, out);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'unsubscribes from an open body 500 ms after the finish',
    marbles((m) => {
      const source = m.cold('  a-f-----------       ', chunks);
      const sourceSubs = '     ^-- 499ms !          ';
      const expected = '       a-- 499ms |          ';

      m.expect(source.pipe(thoughts(5000, 5000))).toBeObservable(expected, out);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'completes when the body breaks after the finish',
    marbles((m) => {
      const source = m.cold('  a-f-#                ', chunks);
      const expected = '       a---|                ';

      m.expect(source.pipe(thoughts(5000, 5000))).toBeObservable(expected, out);
    }),
  );

  it(
    'treats a body without a finish as truncated, even an empty one',
    marbles((m) => {
      const source = m.cold('  a-b-u-|              ', chunks);
      const expected = '       a-b---#              ';

      m.expect(source.pipe(thoughts(5000, 5000))).toBeObservable(expected, out, truncated);
      m.expect(m.cold('|').pipe(thoughts(5000, 5000))).toBeObservable('#', out, truncated);
    }),
  );

  it(
    'errors on the timeout of the first token, whatever else arrives',
    marbles((m) => {
      const source = m.cold('  o 9ms o              ', chunks);
      const sourceSubs = '     ^ 4999ms !           ';
      const expected = '       - 4999ms #           ';

      const tooLate = new ModelError('first-token', 'The model sent nothing within 5000 ms.');
      m.expect(source.pipe(thoughts(5000, 1000))).toBeObservable(expected, out, tooLate);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'errors on the timeout between two tokens',
    marbles((m) => {
      const source = m.cold('  o 9ms a              ', chunks);
      const sourceSubs = '     ^ 1009ms !           ';
      const expected = '       10ms a 999ms #       ';

      const tooLate = new ModelError('token-gap', 'The model sent nothing more for 1000 ms.');
      m.expect(source.pipe(thoughts(5000, 1000))).toBeObservable(expected, out, tooLate);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'limits the wait for the usage too, but completes then',
    marbles((m) => {
      const source = m.cold('  a-f-                 ', chunks);
      const expected = '       a-- 49ms |           ';

      m.expect(source.pipe(thoughts(5000, 50))).toBeObservable(expected, out);
    }),
  );

  it(
    'errors when the model calls a tool or refuses',
    marbles((m) => {
      const tool = m.cold('    a-t                  ', chunks);
      const refusal = m.cold(' --r                  ', chunks);

      const wants = new ModelError('tool_calls', 'The model called a tool, but the request offered none.');
      m.expect(tool.pipe(thoughts(5000, 5000))).toBeObservable('a-#', out, wants);
      const refuses = new ModelError('filtered', 'The model refused to answer.');
      m.expect(refusal.pipe(thoughts(5000, 5000))).toBeObservable('--#', out, refuses);
    }),
  );

  it(
    'passes an error, and stops when it is unsubscribed',
    marbles((m) => {
      const broken = m.cold('  a-#                  ', chunks);
      const source = m.cold('  a---b---             ', chunks);
      const sourceSubs = '     ^--!                 ';

      m.expect(broken.pipe(thoughts(5000, 5000))).toBeObservable('a-#', out);
      m.expect(source.pipe(thoughts(5000, 5000)), '---!').toBeObservable('a--', out);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
