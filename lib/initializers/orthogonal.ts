import { checkNumber, checkOptions } from '../core/checks.js';
import type { RandomStream } from '../core/random.js';
import type { Initializer } from './initializer.js';

export interface OrthogonalOptions {
  /** Length of every row or column; above 0, default 1. √2 suits ReLU. */
  gain?: number;
}

/**
 * A random orthogonal matrix: signals keep their length through a linear layer exactly, not only on average, which helps
 * in very deep networks.
 *
 *     kernel = gain · Q    Qᵀ·Q = 1 where inputs ≥ units (columns are orthonormal), Q·Qᵀ = 1 else (rows are)
 *
 * Q is distributed evenly over all such matrices (Haar): a matrix of normal numbers is orthogonalized in float64 by the
 * modified Gram-Schmidt method. That takes max(inputs, units) · min(inputs, units)² multiply-adds on the JavaScript
 * thread: 0.3 s for 784 × 512, several seconds from 2000 × 2000 on. A bias, which has one extent only, becomes one vector
 * of length `gain`.
 *
 * @param options `gain` above 0, default 1
 * @throws OptionError when `gain` is not above 0
 *
 * @example
 * dense(100, { activation: 'relu', initializer: orthogonal({ gain: Math.SQRT2 }) });
 *
 * Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks", ICLR 2014. As Keras' Orthogonal and PyTorch's `orthogonal_`, which use a QR decomposition and correct its
 * signs; Gram-Schmidt needs no correction.
 */
export function orthogonal(options?: OrthogonalOptions): Initializer {
  const given = checkOptions<OrthogonalOptions>('orthogonal', options, ['gain']);
  const gain = checkNumber('gain', given.gain ?? 1, { above: 0 });
  return {
    name: 'orthogonal',
    fill: (values, { shape }, random) => {
      const [rows, columns = 1] = shape;
      const vectors = orthonormal(Math.min(rows, columns), Math.max(rows, columns), random);
      vectors.forEach((vector, which) => {
        for (let i = 0; i < vector.length; i++) {
          const place = rows >= columns ? i * columns + which : which * columns + i;
          values[place] = gain * vector[i];
        }
      });
    },
    config: { name: 'orthogonal', gain },
  };
}

/** Vectors that are made orthogonal to the others together: each of those is read once for all of them. */
const GROUP = 8;

/** `count` orthonormal vectors of `length` numbers each; `count` is at most `length`. */
function orthonormal(count: number, length: number, random: RandomStream): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const size = Math.min(GROUP, count - vectors.length);
    const group = Array.from({ length: size }, () => Float64Array.from({ length }, () => random.normal()));
    const before = group.map((vector) => Math.sqrt(dot(vector, vector)));
    for (const other of vectors) for (const vector of group) removeAlong(vector, other);
    group.forEach((vector, place) => {
      for (const other of vectors.slice(vectors.length - place)) removeAlong(vector, other);
      const after = Math.sqrt(dot(vector, vector));
      // What is left of a vector that nearly lies in the space of the others is rounding noise: another one is drawn.
      if (after < 1e-8 * before[place]) return;
      for (let i = 0; i < length; i++) vector[i] /= after;
      vectors.push(vector);
    });
  }
  return vectors;
}

/** vector -= (vector · unit) · unit */
function removeAlong(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] -= along * unit[i];
}

/** Four sums at a time: one alone would wait for each of its additions. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
