import { Subscriber, type Observable, type Subscription } from 'rxjs';

/** What becomes of what a source says. Of what there is nothing said is passed on. */
export interface Follower<T> {
  readonly next: (value: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

/**
 * Subscribes to a source on a subscriber's behalf, as the operators of RxJS do: it ends once the subscriber is done with, also
 * when the source emits while it is being subscribed and there is no subscription to end yet.
 *
 *     new Observable((subscriber) => {
 *       follow(source, subscriber, { next: (value) => subscriber.next(2 * value) });
 *     })
 *
 * What the follower throws errors the subscriber.
 */
export function follow<T>(source: Observable<T>, subscriber: Subscriber<never>, follower: Follower<T>): Subscription {
  return source.subscribe(new Following(subscriber, follower));
}

class Following<T> extends Subscriber<T> {
  readonly #subscriber: Subscriber<never>;
  readonly #follower: Follower<T>;

  constructor(subscriber: Subscriber<never>, follower: Follower<T>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the subscriber of RxJS's own operators, which has no other name
    super(subscriber);
    this.#subscriber = subscriber;
    this.#follower = follower;
  }

  protected override _next(value: T): void {
    try {
      this.#follower.next(value);
    } catch (error) {
      this.#subscriber.error(error);
    }
  }

  protected override _error(error: unknown): void {
    if (this.#follower.error) this.#finish(() => this.#follower.error?.(error));
    else super._error(error);
  }

  protected override _complete(): void {
    if (this.#follower.complete) this.#finish(this.#follower.complete);
    else super._complete();
  }

  #finish(last: () => void): void {
    try {
      last();
    } catch (error) {
      this.#subscriber.error(error);
    } finally {
      this.unsubscribe();
    }
  }
}
