/** Something that is measured, in a process of its own. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** What is to be reached, as the most or the least that it may be. Without: it is only told. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Measured on every core at once, and added up. */
  readonly onEveryCore?: boolean;
  /** `core`: which one it runs on, from 0. */
  readonly measure: (core: number) => number | Promise<number>;
}

/** How long something takes, in ms. */
export function timed(body: () => void): number {
  const began = performance.now();
  body();
  return performance.now() - began;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}
