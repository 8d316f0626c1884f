/** The three figures of a set of slices that the reports show. */
export interface Spread {
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
}

/**
 * The value below which `share` (0 to 1) of the values lie, interpolated between neighbours.
 * Throws when there are no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new Error('no values to summarise');
  return below + (above - below) * (position - Math.floor(position));
}

/** Minimum, lower quartile and median; noise only ever adds, so the first two say most. */
export function spread(values: readonly number[]): Spread {
  return {
    min: quantile(values, 0),
    lowerQuartile: quantile(values, 0.25),
    median: quantile(values, 0.5),
  };
}
