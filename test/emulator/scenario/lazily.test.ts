import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { lazily } from '../../../src/emulator/scenario/index.ts';
import { marbles } from '../../withMarbles.ts';

const letters = (rows: Iterable<{ at: number; letter: string }>, start?: number) =>
  lazily(rows, start).pipe(map(({ letter }) => letter));
const rows = [
  { at: 2, letter: 'a' },
  { at: 5, letter: 'b' },
  { at: 5, letter: 'c' },
];

describe('lazily', () => {
  it(
    'emits each row at its time and completes with the last one',
    marbles((m) => {
      m.expect(letters(rows)).toBeObservable('--a--(bc|)');
    }),
  );

  it(
    'completes without rows',
    marbles((m) => {
      m.expect(letters([])).toBeObservable('|');
    }),
  );

  it(
    'counts from the subscription',
    marbles((m) => {
      const result = letters(rows);
      m.expect(result, '---^').toBeObservable('-----a--(bc|)');
      m.expect(result, '^   ').toBeObservable('--a--(bc|)   ');
    }),
  );

  it(
    'emits overdue rows at once when it counts from an earlier time',
    marbles((m) => {
      m.expect(letters(rows, 0), '----^').toBeObservable('----a(bc|)');
    }),
  );

  it(
    'reads a row only after it has emitted the previous one',
    marbles((m) => {
      const asked: string[] = [];
      function* slow() {
        for (const row of rows) {
          asked.push(row.letter);
          yield row;
        }
      }
      m.expect(letters(slow()), '^--!').toBeObservable('--a-');
      m.flush();
      expect(asked).toStrictEqual(['a', 'b']);
    }),
  );

  it(
    'stops between rows with the same time when it is unsubscribed there',
    marbles((m) => {
      const heard: string[] = [];
      const subscription = letters(rows).subscribe((letter) => {
        heard.push(letter);
        if (letter === 'b') subscription.unsubscribe();
      });
      m.flush();
      expect(heard).toStrictEqual(['a', 'b']);
    }),
  );

  it(
    'errors when the rows throw',
    marbles((m) => {
      function* broken() {
        yield { at: 2, letter: 'a' };
        throw new Error('no more');
      }
      m.expect(letters(broken())).toBeObservable('--(a#)', undefined, new Error('no more'));
    }),
  );
});
