/** A figure, measured in a separate process. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** The target: the most or the least that is allowed. Without one the figure is only printed. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Measured on all cores at once and added up. */
  readonly onEveryCore?: boolean;
  /** @param core the core that it runs on, from 0 */
  readonly measure: (core: number) => number | Promise<number>;
}

/** Returns the duration of `body` in ms. */
export function timed(body: () => void): number {
  const began = performance.now();
  body();
  return performance.now() - began;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}
