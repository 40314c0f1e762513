import { makeActivation, type Activation } from './activation.js';

/**
 * Squashes to (-1, 1) like tanh, but approaches its ends slowly, so that far units still learn.
 *
 *     f(x) = x / (1 + |x|)    f′(x) = 1 / (1 + |x|)² = (1 - |f(x)|)²
 *
 * @example
 * dense(100, { activation: softsign() });
 *
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
 */
export function softsign(): Activation {
  return makeActivation('softsign', 'glorotUniform');
}
