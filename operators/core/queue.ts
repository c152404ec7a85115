/** First in, first out. `take` costs the same at any length, unlike `shift`, and releases the value. */
export class Queue<T> {
  #coming: T[] = [];
  #going: T[] = [];

  get length(): number {
    return this.#coming.length + this.#going.length;
  }

  push(value: T): void {
    this.#coming.push(value);
  }

  /** Puts a value back at the front. */
  putBack(value: T): void {
    this.#going.push(value);
  }

  /** Removes and returns the oldest value; `undefined` if the queue is empty. */
  take(): T | undefined {
    if (this.#going.length === 0) {
      this.#going = this.#coming.reverse();
      this.#coming = [];
    }
    return this.#going.pop();
  }
}
