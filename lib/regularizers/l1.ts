import { checkNumber } from '../core/checks.js';
import type { Regularizer } from '../program/parameters.js';

/**
 * L1 penalty on a layer's kernel: every weight costs its size, so that needless ones go to zero.
 *
 *     loss += lambda · Σ |W|    gradient += lambda · sign(W), with sign(0) = 0
 *
 * Biases and normalization parameters are never penalized.
 *
 * @param lambda strength, at least 0; 1e-6 to 1e-3 is usual
 * @throws OptionError when `lambda` is negative or not finite
 *
 * @example
 * dense(100, { regularizer: l1(1e-5) });
 *
 * As Keras' L1(λ); PyTorch has none.
 */
export function l1(lambda: number): Regularizer {
  return { name: 'l1', kernel: 'l1', lambda: checkNumber('lambda', lambda, { min: 0 }) };
}
