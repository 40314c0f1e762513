import { expect } from 'vitest';

/** |actual - wanted| may be at most atol + rtol · |wanted|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** The tolerances of the project, by number type and by what is compared. No test has one of its own without a reason. */
export const tolerances = {
  /** Golden values and everything else in float64. */
  float64: { rtol: 1e-10, atol: 1e-12 },
  /** One operation, or the path of an optimizer, in float32. */
  float32: { rtol: 1e-5, atol: 1e-6 },
  /** A whole network trained in float32. */
  network: { rtol: 1e-4, atol: 1e-5 },
  /** Analytic against numeric gradients in float64. */
  gradient: { rtol: 1e-3, atol: 1e-5 },
  exact: { rtol: 0, atol: 0 },
} as const satisfies Record<string, Tolerance>;

/** The same tolerance with more room in absolute terms: a sum of n terms of size 1 errs by more than one term does. */
export function sumOf(terms: number, { rtol, atol }: Tolerance): Tolerance {
  return { rtol, atol: atol * Math.max(1, terms) };
}

interface Difference {
  readonly count: number;
  readonly worst: number;
  readonly index: number;
}

/** How far two arrays are apart beyond a tolerance; NaN is never near anything, an infinity only to itself. */
export function differences(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: Tolerance): Difference {
  let count = 0;
  let worst = 0;
  let index = -1;
  for (let i = 0; i < wanted.length; i++) {
    const difference = actual[i] === wanted[i] ? 0 : Math.abs(actual[i] - wanted[i]);
    // Written so that NaN and Infinity on either side fail.
    if (difference <= tolerance.atol + tolerance.rtol * Math.abs(wanted[i]) && difference < Infinity) continue;
    count++;
    if (index < 0 || difference > worst || difference !== difference) {
      worst = difference;
      index = i;
    }
    if (difference !== difference) worst = Infinity;
  }
  return { count, worst, index };
}

/** Fails with the number of differing elements, the worst difference and where it is. */
export function expectClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: Tolerance,
  what = 'values',
): void {
  if (actual.length !== wanted.length) {
    expect.fail(`${what}: ${actual.length} numbers where ${wanted.length} are wanted`);
  }
  const { count, worst, index } = differences(actual, wanted, tolerance);
  if (count === 0) return;
  expect.fail(
    `${what}: ${count} of ${wanted.length} numbers differ, the worst by ${worst} at index ${index}: ` +
      `${actual[index]} where ${wanted[index]} is wanted (rtol ${tolerance.rtol}, atol ${tolerance.atol})`,
  );
}

/** NaN where NaN is wanted, each infinity where it is wanted, and finite numbers within the tolerance elsewhere. */
export function expectSameNonFinite(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: Tolerance,
  what = 'values',
): void {
  const finite: [number[], number[]] = [[], []];
  for (let i = 0; i < wanted.length; i++) {
    if (Number.isFinite(wanted[i]) && Number.isFinite(actual[i])) {
      finite[0].push(actual[i]);
      finite[1].push(wanted[i]);
    } else if (!Object.is(actual[i], wanted[i])) {
      expect.fail(`${what}: ${actual[i]} at index ${i} where ${wanted[i]} is wanted`);
    }
  }
  expectClose(...finite, tolerance, `${what}, finite ones`);
}

/** Equal to the bit: -0 is not 0, and NaN only equals the same NaN. */
export function expectSameBits(actual: Float32Array, wanted: Float32Array, what = 'values'): void {
  const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (actual.length !== wanted.length)
    expect.fail(`${what}: ${actual.length} numbers where ${wanted.length} are wanted`);
  const [a, b] = [bits(actual), bits(wanted)];
  const index = a.findIndex((word, i) => word !== b[i]);
  if (index < 0) return;
  const count = a.reduce((sum, word, i) => sum + (word === b[i] ? 0 : 1), 0);
  expect.fail(
    `${what}: ${count} of ${a.length} differ in bits, first ${actual[index]} for ${wanted[index]} at ${index}`,
  );
}
