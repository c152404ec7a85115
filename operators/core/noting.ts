import { Observable } from 'rxjs';

/**
 * Lets a chain emit side values: `project` receives a `note` function, and each value passed to it is emitted at once, between
 * the values of the observable that `project` returns.
 *
 *     noting((note) => tokens.pipe(tap((token) => note(token)), sentences()))
 *     tokens    -a-b.-|
 *     result    -a-b(.S)-|    S: the sentence, after the token that ended it
 *
 * The chain stays linear and has one subscription. Values noted after its end are dropped.
 */
export function noting<T>(project: (note: (value: T) => void) => Observable<T>): Observable<T> {
  return new Observable((subscriber) => project((value) => subscriber.next(value)).subscribe(subscriber));
}
