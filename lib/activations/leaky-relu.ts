import { checkNumber, checkOptions } from '../core/checks.js';
import { makeActivation, type Activation } from './activation.js';

export interface LeakyReluOptions {
  /** Slope for negative inputs, at least 0 and below 1; default 0.01. */
  slope?: number;
}

/**
 * Leaky rectified linear unit: negative inputs keep a small slope, so no unit dies.
 *
 *     f(x) = x for x > 0, else slope · x    f′(x) = 1 for x > 0, else slope
 *
 * @throws OptionError when `slope` is outside [0, 1)
 *
 * @example
 * dense(128, { activation: leakyRelu({ slope: 0.1 }) });
 *
 * Source: Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
 * Keras' default slope is 0.3, PyTorch's is 0.01 like ours.
 */
export function leakyRelu(options?: LeakyReluOptions): Activation {
  const { slope = 0.01 } = checkOptions<LeakyReluOptions>('leakyRelu', options, ['slope']);
  checkNumber('slope', slope, { min: 0, below: 1 });
  return makeActivation('leakyRelu', 'heNormal', slope, { slope });
}
