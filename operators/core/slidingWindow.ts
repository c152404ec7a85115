import { asyncScheduler } from 'rxjs';

/**
 * Adds up amounts over a sliding window of time: each counts for `windowMs`. Reads the clock of RxJS.
 *
 *     windowMs: 6    add(1) at 0, add(1) at 2    sum at 5: 2, at 6: 1, at 8: 0
 */
export class SlidingWindow {
  readonly #windowMs: number;
  readonly #items: { readonly until: number; readonly amount: number }[] = [];
  #sum = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(amount: number): void {
    this.#items.push({ until: asyncScheduler.now() + this.#windowMs, amount });
    this.#sum += amount;
  }

  get sum(): number {
    const now = asyncScheduler.now();
    const counting = this.#items.findIndex(({ until }) => until > now);
    const expired = this.#items.splice(0, counting < 0 ? this.#items.length : counting);
    for (const { amount } of expired) this.#sum -= amount;
    return this.#sum;
  }

  /** The wait in ms until the sum has fallen to `most`, if nothing is added. 0: now. `Infinity`: never. */
  waitMs(most: number): number {
    let sum = this.sum;
    if (sum <= most) return 0;
    for (const { until, amount } of this.#items) {
      sum -= amount;
      if (sum <= most) return until - asyncScheduler.now();
    }
    return Infinity;
  }
}
