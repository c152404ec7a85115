import { configure } from 'rxjs-marbles';
import { expect } from 'vitest';

/**
 * The marble test of this project: `it('…', marbles((m) => { … }))`. It runs in virtual time (`run: true`) and compares with
 * vitest's strict equality, so that `{ a: undefined }` is not `{}`. Not from `rxjs-marbles/jest`, which knows another runner.
 */
export const { marbles } = configure({
  run: true,
  frameworkMatcher: true,
  assertDeepEqual: (actual: unknown, expected: unknown) => expect(actual).toStrictEqual(expected),
});
