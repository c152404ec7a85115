import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';

/**
 * Emits once the subscriber is done with: completed, failed or unsubscribed. With `takeUntil` it ends a subscription made on
 * the subscriber's behalf, also that of a source which emits while it is being subscribed and has no subscription to end yet.
 */
export function closing(subscriber: Subscriber<never>): Observable<void> {
  return new Observable((closed) => subscriber.add(() => closed.next()));
}
