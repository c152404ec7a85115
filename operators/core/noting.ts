import { Observable } from 'rxjs';

/**
 * Lets a stream say more than it emits: `project` is handed a `note` whose values come out between those of the stream it
 * returns, at once and in order. The stream stays one linear chain with one subscription; what is noted after its end is lost.
 *
 *     noting((note) => tokens.pipe(tap((token) => note(token)), sentences()))
 *     tokens    -a-b.-|
 *     result    -a-b(S)-|     S: the sentence, after the token that ended it
 */
export function noting<T>(project: (note: (value: T) => void) => Observable<T>): Observable<T> {
  return new Observable((subscriber) => project((value) => subscriber.next(value)).subscribe(subscriber));
}
