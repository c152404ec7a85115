import { asyncScheduler } from 'rxjs';

interface Use {
  readonly until: number;
  readonly amount: number;
}

/** A limit over a sliding window of time: so many of something within so many ms. Reads the clock of RxJS. */
export class Allowance {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #uses: Use[] = [];
  #shutUntil = -Infinity;

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  take(amount: number): void {
    this.#uses.push({ until: asyncScheduler.now() + this.#windowMs, amount });
  }

  /** In how many ms `amount` may be taken so that `reserve` is left; 0 is now, `Infinity` never. */
  waitMs(amount: number, reserve = 0): number {
    const now = asyncScheduler.now();
    while (this.#uses[0] !== undefined && this.#uses[0].until <= now) this.#uses.shift();
    return Math.max(this.#shutUntil - now, this.#roomAt(amount + reserve, now) - now, 0);
  }

  /** Nothing may be taken for `ms`, whatever the count says: the far side counts otherwise. */
  shut(ms: number): void {
    this.#shutUntil = asyncScheduler.now() + ms;
  }

  /** What was shut is not any more; what was taken stays taken. */
  reopen(): void {
    this.#shutUntil = -Infinity;
  }

  #roomAt(amount: number, now: number): number {
    let free = this.#most - this.#uses.reduce((sum, use) => sum + use.amount, 0);
    if (free >= amount) return now;
    for (const use of this.#uses) {
      free += use.amount;
      if (free >= amount) return use.until;
    }
    return Infinity;
  }
}
