import { asyncScheduler } from 'rxjs';

const minuteMs = 60_000;

/** What has been spent in the last 60 s; it reads the clock of RxJS. */
export class LastMinute {
  #spent = 0;
  readonly #items: { readonly at: number; readonly amount: number }[] = [];

  add(amount: number): void {
    this.#items.push({ at: asyncScheduler.now(), amount });
    this.#spent += amount;
  }

  get spent(): number {
    const since = asyncScheduler.now() - minuteMs;
    const over = this.#items.findIndex(({ at }) => at > since);
    for (const { amount } of this.#items.splice(0, over < 0 ? this.#items.length : over)) this.#spent -= amount;
    return this.#spent;
  }
}
