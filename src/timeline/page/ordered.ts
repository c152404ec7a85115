import type { Span } from './span.ts';

/** Spans ordered by their start. Finds quickly those that overlap an interval. */
export class Ordered<T extends Span> {
  readonly all: readonly T[];
  /** For each span, the latest end of it and all before it. */
  readonly #ends: readonly number[];

  constructor(spans: readonly T[]) {
    this.all = spans.toSorted((one, other) => one.from - other.from);
    let end = -Infinity;
    this.#ends = this.all.map(({ to }) => (end = Math.max(end, to)));
  }

  /** The spans that overlap an interval. */
  within(from: number, to: number): readonly T[] {
    const first = firstIndex(this.#ends, (end) => end >= from);
    const past = firstIndex(this.all, (span) => span.from > to);
    return this.all.slice(first, past).filter((span) => span.to >= from);
  }
}

/** The index of the first item that passes a test, found by bisection: all items after it must pass too. */
export function firstIndex<T>(all: readonly T[], passes: (one: T) => boolean): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(all[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The events between two times, both included. The events must be in order. */
export function between<T extends { readonly at: number }>(all: readonly T[], from: number, to: number): readonly T[] {
  return all.slice(
    firstIndex(all, ({ at }) => at >= from),
    firstIndex(all, ({ at }) => at > to),
  );
}
