import { describe, it } from 'vitest';
import { byType } from '../../../operators/core/byType.ts';
import { marbles } from '../../withMarbles.ts';

type Event = { readonly type: 'A'; readonly text: string } | { readonly type: 'B' } | { readonly type: 'C' };

const events: Readonly<Record<string, Event>> = { a: { type: 'A', text: 'x' }, b: { type: 'B' }, c: { type: 'C' } };
const projected = byType<Event, string>({ A: ({ text }) => text, B: () => undefined });

describe('byType', () => {
  it(
    'projects events by their type, and drops those without a function or a result',
    marbles((m) => {
      const source = m.hot('  -a-b-c-a-|', events);
      const sourceSubs = '    ^--------!';
      const expected = '      -x-----x-|';

      m.expect(source.pipe(projected)).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'keeps results that are falsy but not undefined',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|', events);
      const expected = '      -0-f-n-|';

      const falsy = byType<Event, number | boolean | null>({ A: () => 0, B: () => false, C: () => null });
      m.expect(source.pipe(falsy)).toBeObservable(expected, { 0: 0, f: false, n: null });
    }),
  );

  it(
    'completes with an empty source',
    marbles((m) => {
      m.expect(m.cold<Event>('|', events).pipe(projected)).toBeObservable('|');
    }),
  );

  it(
    'stays silent with a silent source',
    marbles((m) => {
      m.expect(m.cold<Event>('-', events).pipe(projected)).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      m.expect(m.cold<Event>('-a-#', events).pipe(projected)).toBeObservable('-x-#');
    }),
  );

  it(
    'leaves the source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -a---a-|', events);
      const sourceSubs = '    ^--!    ';
      const leave = '         ---!    ';
      const expected = '      -x------';

      m.expect(source.pipe(projected), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'errors when a function throws, and leaves the source',
    marbles((m) => {
      const source = m.hot('  -c-a---|', events);
      const sourceSubs = '    ^--!    ';
      const expected = '      ---#    ';

      const throwing = byType<Event, string>({
        A: () => {
          throw 'error';
        },
      });
      m.expect(source.pipe(throwing)).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );
});
