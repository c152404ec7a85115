import { asyncScheduler } from 'rxjs';
import { SlidingWindow } from '../../operators/core/slidingWindow.ts';

/** A rate limit: at most so much within a sliding window of time. Reads the clock of RxJS. */
export class Allowance {
  readonly #most: number;
  readonly #window: SlidingWindow;
  #shutUntil = -Infinity;

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#window = new SlidingWindow(windowMs);
  }

  take(amount: number): void {
    this.#window.add(amount);
  }

  /** In how many ms `amount` can be taken with `reserve` left over: 0 is now, `Infinity` never. */
  waitMs(amount: number, reserve = 0): number {
    return Math.max(this.#shutUntil - asyncScheduler.now(), this.#window.waitMs(this.#most - amount - reserve), 0);
  }

  /** Allows nothing for `ms`, whatever the count: the service counts differently. */
  shut(ms: number): void {
    this.#shutUntil = asyncScheduler.now() + ms;
  }

  /** Ends `shut`. Amounts that were taken still count. */
  reopen(): void {
    this.#shutUntil = -Infinity;
  }
}
