import { Observable, of, Subject, take, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { follow, type Follower } from '../../../operators/core/follow.ts';
import { marbles } from '../../withMarbles.ts';

/** What a subscriber is told who is followed for: capitals, unless something else is said. */
const followed = (source: Observable<string>, follower: Partial<Follower<string>> = {}) =>
  new Observable<string>((subscriber) => {
    follow(source, subscriber, { next: (letter) => subscriber.next(letter.toUpperCase()), ...follower });
  });

describe('follow', () => {
  it(
    'passes on completion, silence and errors, where nothing else is said',
    marbles((m) => {
      const source = m.hot('-a-b-|');
      const subs = '        ^----!';
      const expected = '    -A-B-|';

      m.expect(followed(source)).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
      m.expect(followed(m.cold('-'))).toBeObservable('-');
      m.expect(followed(m.cold('-a#'))).toBeObservable('-A#');
    }),
  );

  it(
    'leaves completion and errors to who speaks of them',
    marbles((m) => {
      const silent = { complete: () => undefined, error: () => undefined };

      m.expect(followed(m.cold('-a|'), silent)).toBeObservable('-A-');
      m.expect(followed(m.cold('-a#'), silent)).toBeObservable('-A-');
    }),
  );

  it(
    'errors with what is thrown, at a value and at the end, and stops the source',
    marbles((m) => {
      const source = m.hot('-a-b-|');
      const subs = '        ^--!  ';
      const expected = '    ---#  ';
      const next = (letter: string) => {
        if (letter === 'b') throw 'error';
      };
      const complete = () => {
        throw 'error';
      };

      m.expect(followed(source, { next })).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
      m.expect(followed(m.cold('-a-|'), { complete })).toBeObservable('-A-#');
      m.expect(followed(m.cold('-a-#'), { error: complete })).toBeObservable('-A-#');
    }),
  );

  it(
    'stops the source when it is left early',
    marbles((m) => {
      const source = m.hot('-a---b-|');
      const subs = '        ^--!    ';
      const leave = '       ---!    ';
      const expected = '    -A------';

      m.expect(followed(source), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('stops a source that emits while it is being subscribed', () => {
    const asked: string[] = [];
    const source = of('a', 'b', 'c').pipe(tap((letter) => asked.push(letter)));
    followed(source).pipe(take(2)).subscribe();

    expect(asked).toEqual(['a', 'b']);
  });

  it('gives a subscription that ends alone', () => {
    const source = new Subject<string>();
    const heard: string[] = [];
    new Observable<string>((subscriber) => {
      const first = follow(source, subscriber, {
        next: (letter) => {
          subscriber.next(letter);
          first.unsubscribe();
        },
      });
      follow(source, subscriber, { next: (letter) => subscriber.next(letter.toUpperCase()) });
    }).subscribe((letter) => heard.push(letter));
    source.next('a');
    source.next('b');

    expect(heard).toEqual(['a', 'A', 'B']);
  });
});
