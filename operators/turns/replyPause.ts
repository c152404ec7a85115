import { Subscription, timer } from 'rxjs';

/** The pause of a reply, until it is resumed, cut, or its time is over. */
export class ReplyPause {
  #paused = false;
  #timer = Subscription.EMPTY;
  readonly #onPause: () => void;
  readonly #onResume: () => void;

  constructor(onPause: () => void, onResume: () => void) {
    this.#onPause = onPause;
    this.#onResume = onResume;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#onPause();
  }

  /** Pauses, and calls `onTimeout` after `ms` unless the pause has ended before. */
  pauseFor(ms: number, onTimeout: () => void): void {
    if (this.#paused) return;
    this.pause();
    this.#timer = timer(ms).subscribe(onTimeout);
  }

  resume(): void {
    if (!this.#paused) return;
    this.end();
    this.#onResume();
  }

  /** Ends the pause without resuming: the reply was cut or has ended. */
  end(): void {
    this.#paused = false;
    this.#timer.unsubscribe();
  }
}
