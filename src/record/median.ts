/** The middle one of some figures; of an even number the upper of the two. */
export function median(figures: readonly number[]): number | undefined {
  return figures.toSorted((one, other) => one - other)[figures.length >> 1];
}
