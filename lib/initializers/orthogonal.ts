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
 * thread: 0.3 s for 784 × 512, several seconds beyond 2000 × 2000. A bias, which has one extent only, becomes one vector
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

/** `count` orthonormal vectors of `length` numbers each; `count` is at most `length`. */
function orthonormal(count: number, length: number, random: RandomStream): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    const before = Math.sqrt(dot(vector, vector));
    for (const other of vectors) {
      const along = dot(vector, other);
      for (let i = 0; i < length; i++) vector[i] -= along * other[i];
    }
    const after = Math.sqrt(dot(vector, vector));
    // A vector that nearly lies in the space of the others would be rounding noise: another one is drawn.
    if (after < 1e-8 * before) continue;
    for (let i = 0; i < length; i++) vector[i] /= after;
    vectors.push(vector);
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
