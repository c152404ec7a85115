/**
 * Counts what was spent within a sliding window of time.
 *
 *     limit 2, window 6     1 at 0: yes   1 at 2: yes   1 at 5: no   1 at 6: yes, what was spent at 0 is free again
 */
export class Allowance {
  readonly #limit: number;
  readonly #windowMs: number;
  #spent: { readonly at: number; readonly amount: number }[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Spends if there is enough left; `now` in ms. */
  spend(amount: number, now: number): boolean {
    this.#spent = this.#spent.filter(({ at }) => now - at < this.#windowMs);
    const spent = this.#spent.reduce((sum, one) => sum + one.amount, 0);
    if (spent + amount > this.#limit) return false;
    this.#spent.push({ at: now, amount });
    return true;
  }
}
