import type { Span } from './span.ts';

/** Spans in the order in which they begin, found by what they overlap. */
export class Ordered<T extends Span> {
  readonly all: readonly T[];
  /** The latest end of each and all before it. */
  readonly #ends: readonly number[];

  constructor(spans: readonly T[]) {
    this.all = spans.toSorted((one, other) => one.from - other.from);
    let end = -Infinity;
    this.#ends = this.all.map(({ to }) => (end = Math.max(end, to)));
  }

  /** Those of which something is between two moments. */
  within(from: number, to: number): readonly T[] {
    const first = firstAt(this.#ends, from, (end) => end);
    const past = firstAfter(this.all, to, (span) => span.from);
    return this.all.slice(first, past).filter((span) => span.to >= from);
  }
}

/** The index of the first that is at or after a moment, of ascending ones. */
export function firstAt<T>(all: readonly T[], at: number, momentOf: (one: T) => number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentOf(all[middle] as T) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first that is after a moment. */
export function firstAfter<T>(all: readonly T[], at: number, momentOf: (one: T) => number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentOf(all[middle] as T) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Events between two moments, of ascending ones. */
export function between<T extends { readonly at: number }>(all: readonly T[], from: number, to: number): readonly T[] {
  return all.slice(
    firstAt(all, from, ({ at }) => at),
    firstAfter(all, to, ({ at }) => at),
  );
}
