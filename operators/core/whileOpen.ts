import { Observable, takeUntil, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';

/**
 * Unsubscribes from the source as soon as `subscriber` closes, even if the source is still emitting from within `subscribe` and
 * there is no subscription yet. For operators made with `new Observable`.
 *
 *     new Observable((subscriber) => source.pipe(whileOpen(subscriber)).subscribe({ … }))
 */
export function whileOpen<T>(subscriber: Subscriber<unknown>): MonoTypeOperatorFunction<T> {
  return takeUntil(new Observable<void>((closed) => subscriber.add(() => closed.next())));
}
