import { from, of, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { holdUntil } from '../../../operators/core/holdUntil.ts';
import { marbles } from '../../withMarbles.ts';

describe('holdUntil', () => {
  it(
    'releases the held values, in order, when the notifier emits, and passes all later ones',
    marbles((m) => {
      const source = m.hot('  -a-b-----c-d-|');
      const notifier = m.cold('-----x-------x');
      const sourceSubs = '    ^------------!';
      const notifierSubs = '  ^----!        ';
      const expected = '      -----(ab)c-d-|';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(notifier).toHaveSubscriptions(notifierSubs);
    }),
  );

  it(
    'waits for the notifier when the source has completed',
    marbles((m) => {
      const source = m.hot('  -a-|      ');
      const notifier = m.cold('------x   ');
      const sourceSubs = '    ^--!      ';
      const notifierSubs = '  ^-----!   ';
      const expected = '      ------(a|)';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(notifier).toHaveSubscriptions(notifierSubs);
    }),
  );

  it(
    'passes the excepted first values at once',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|     ');
      const notifier = m.cold('---------x   ');
      const expected = '      -a-b-----(c|)';

      m.expect(source.pipe(holdUntil(notifier, { except: 2 }))).toBeObservable(expected);
    }),
  );

  it(
    'holds nothing when the notifier emits on subscribe',
    marbles((m) => {
      const source = m.cold(' (ab)-c|');
      const expected = '      (ab)-c|';

      m.expect(source.pipe(holdUntil(of('open')))).toBeObservable(expected);
    }),
  );

  it(
    'waits for the notifier when the source is empty',
    marbles((m) => {
      const source = m.cold(' |    ');
      const notifier = m.cold('---x ');
      const expected = '      ---| ';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
    }),
  );

  it(
    'is silent while the source is, and while the notifier is',
    marbles((m) => {
      const silence = m.cold('-      ');
      const source = m.cold(' -a-b-| ');
      const notifier = m.cold('--x    ');
      const expected = '      -------';

      m.expect(silence.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(source.pipe(holdUntil(silence))).toBeObservable(expected);
    }),
  );

  it(
    'passes an error at once and unsubscribes from the notifier',
    marbles((m) => {
      const source = m.hot('  -a-#    ');
      const notifier = m.cold('------x ');
      const notifierSubs = '  ^--!    ';
      const expected = '      ---#    ';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(notifier).toHaveSubscriptions(notifierSubs);
    }),
  );

  it(
    'errors when the notifier errors',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|');
      const notifier = m.cold('----#   ');
      const sourceSubs = '    ^---!   ';
      const expected = '      ----#   ';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'completes without values, and stops the source, when the notifier completes without emitting',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|');
      const notifier = m.cold('----|   ');
      const sourceSubs = '    ^---!   ';
      const expected = '      ----|   ';

      m.expect(source.pipe(holdUntil(notifier))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'stops source and notifier when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -a-b-c-|');
      const notifier = m.cold('------x ');
      const unsub = '         ----!   ';
      const subs = '          ^---!   ';
      const expected = '      -----   ';

      m.expect(source.pipe(holdUntil(notifier)), unsub).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
      m.expect(notifier).toHaveSubscriptions(subs);
    }),
  );

  it('keeps the order when a released value makes the source emit another', () => {
    const source = new Subject<string>();
    const notifier = new Subject<void>();
    const heard: string[] = [];
    source.pipe(holdUntil(notifier)).subscribe((value) => {
      heard.push(value);
      if (value === 'a') source.next('c');
    });
    source.next('a');
    source.next('b');
    notifier.next();
    source.next('d');

    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('releases nothing more once its subscriber leaves during the release', () => {
    const notifier = new Subject<void>();
    const heard: string[] = [];
    from(['a', 'b', 'c'])
      .pipe(holdUntil(notifier), take(2))
      .subscribe((value) => heard.push(value));
    notifier.next();

    expect(heard).toEqual(['a', 'b']);
  });

  it('stops a source that emits while it is being subscribed', () => {
    let produced = 0;
    const source = function* () {
      while (produced < 1000) yield ++produced;
    };
    from(source())
      .pipe(holdUntil(of('open')), take(2))
      .subscribe();

    expect(produced).toBe(2);
  });
});
