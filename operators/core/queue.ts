/**
 * First in, first out. Taking costs the same however long the queue is (`shift` on a long array moves all the rest), and what
 * was taken is let go.
 */
export class Queue<T> {
  #coming: T[] = [];
  #going: T[] = [];

  get length(): number {
    return this.#coming.length + this.#going.length;
  }

  push(value: T): void {
    this.#coming.push(value);
  }

  /** Puts a value back in front of all others. */
  putBack(value: T): void {
    this.#going.push(value);
  }

  /** The oldest value, taken out; `undefined` when there is none. */
  take(): T | undefined {
    if (this.#going.length === 0) {
      this.#going = this.#coming.reverse();
      this.#coming = [];
    }
    return this.#going.pop();
  }
}
