import { checkNumber, checkOptions } from '../core/checks.js';
import { makeActivation, type Activation } from './activation.js';

export interface EluOptions {
  /** The value that large negative inputs approach, negated; above 0, default 1. */
  alpha?: number;
}

/**
 * Exponential linear unit: smooth below zero, with a mean activation nearer to zero than ReLU's.
 *
 *     f(x) = x for x > 0, else alpha · (eˣ - 1)    f′(x) = 1 for x > 0, else f(x) + alpha
 *
 * @throws OptionError when `alpha` is not above 0
 *
 * @example
 * dense(100, { activation: elu() });
 *
 * Source: Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by exponential linear units",
 * ICLR 2016.
 */
export function elu(options?: EluOptions): Activation {
  const { alpha = 1 } = checkOptions<EluOptions>('elu', options, ['alpha']);
  checkNumber('alpha', alpha, { above: 0 });
  return makeActivation('elu', 'heNormal', alpha, { alpha });
}
