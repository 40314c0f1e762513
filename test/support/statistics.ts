import { expect } from 'vitest';

/**
 * Five standard errors: a right generator fails one check in 1.7 million. Tests of randomness here have fixed seeds, so
 * they never fail by chance on a second run; the bound says how surprised one would be of the first.
 */
export const SIGMAS = 5;

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Mean of (value - center)ᵖ. */
export function momentOf(values: ArrayLike<number>, power: number, center = meanOf(values)): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - center) ** power;
  return sum / values.length;
}

/** |mean - wanted| within five standard errors of values with that standard deviation. */
export function expectMean(values: ArrayLike<number>, wanted: number, deviation: number, what = 'mean'): void {
  const error = Math.abs(meanOf(values) - wanted) / (deviation / Math.sqrt(values.length));
  expect(error, `${what}, in standard errors`).toBeLessThan(SIGMAS);
}

/** Variance within five standard errors, given the fourth standardized moment of what is drawn (3 for a normal). */
export function expectVariance(values: ArrayLike<number>, wanted: number, fourth: number, what = 'variance'): void {
  const error = Math.abs(momentOf(values, 2) / wanted - 1) / Math.sqrt((fourth - 1) / values.length);
  expect(error, `${what}, in standard errors`).toBeLessThan(SIGMAS);
}

/** Correlation of two series that should have none. */
export function expectIndependent(a: ArrayLike<number>, b: ArrayLike<number>, what: string): void {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let product = 0;
  for (let i = 0; i < a.length; i++) product += (a[i] - meanA) * (b[i] - meanB);
  const correlation = product / a.length / Math.sqrt(momentOf(a, 2, meanA) * momentOf(b, 2, meanB));
  expect(Math.abs(correlation) * Math.sqrt(a.length), `correlation of ${what}, in standard errors`).toBeLessThan(
    SIGMAS,
  );
}

/** Kolmogorov and Smirnov: the largest distance to a distribution; 2.8/√n is exceeded three times in ten million. */
export function expectDistribution(values: ArrayLike<number>, cumulative: (x: number) => number, what: string): void {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let worst = 0;
  sorted.forEach((value, i) => {
    const wanted = cumulative(value);
    worst = Math.max(worst, Math.abs(wanted - i / n), Math.abs((i + 1) / n - wanted));
  });
  expect(worst * Math.sqrt(n), `${what}: distance of the distributions · √n`).toBeLessThan(2.8);
}

/** Distribution function of the standard normal, to 1e-7 (Abramowitz and Stegun 26.2.17). */
export function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}
