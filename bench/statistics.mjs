// @ts-check

/**
 * The value below which a share of the numbers lies, interpolated between neighbours.
 *
 * @param {readonly number[]} values at least one
 * @param {number} share in [0, 1]
 */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('Expected at least one value to take a quantile of');
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * How far apart the trials of one contender were: (largest - smallest) / median. Above 0.1 a machine was too busy for
 * its numbers to be quoted.
 *
 * @param {readonly number[]} values
 */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}
