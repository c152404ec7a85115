import { describe, it } from 'vitest';
import { orderly, type ListenEvent } from 'sluice';
import { turnEvent } from '../src/testing/turns.ts';
import { marbles } from '../test/withMarbles.ts';
import { withoutFillers } from './withoutFillers.ts';

const turns: Record<string, ListenEvent> = {
  s: turnEvent('StartOfTurn', 'um'),
  u: turnEvent('Update', 'um book'),
  S: turnEvent('StartOfTurn', 'um book'),
  E: turnEvent('EndOfTurn', 'Um, book.'),
};

describe('withoutFillers', () => {
  it(
    'begins a turn with its first real word',
    marbles((m) => {
      const source = m.hot('  -s-u-E-|', turns); // "um", "um book", "Um, book."
      const expected = '      ---S-E-|';

      m.expect(source.pipe(withoutFillers(), orderly())).toBeObservable(expected, turns);
    }),
  );
});
