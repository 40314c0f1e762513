import { checkNumber } from '../core/checks.js';
import type { Regularizer } from '../program/parameters.js';

/**
 * L2 penalty on a layer's kernel, also called weight decay when the optimizer is plain SGD: large weights cost.
 *
 *     loss += lambda/2 · Σ W²    gradient += lambda · W
 *
 * Biases and normalization parameters are never penalized.
 *
 * @param lambda strength, at least 0; 1e-5 to 1e-2 is usual
 * @throws OptionError when `lambda` is negative or not finite
 *
 * @example
 * dense(100, { regularizer: l2(1e-4) });
 *
 * Keras' L2(λ) adds λ·ΣW², twice ours; PyTorch's `weight_decay` equals ours.
 */
export function l2(lambda: number): Regularizer {
  return { name: 'l2', kernel: 'l2', lambda: checkNumber('lambda', lambda, { min: 0 }) };
}
