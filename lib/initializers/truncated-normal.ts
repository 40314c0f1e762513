import { checkNumber, checkOptions } from '../core/checks.js';
import type { Initializer } from './initializer.js';

export interface TruncatedNormalOptions {
  /** Of the normal distribution before it is cut off; at least 0, default 0.01. */
  standardDeviation?: number;
}

/**
 * Normal numbers with mean 0, none beyond two standard deviations: those are drawn again. Keeps single weights from
 * beginning far out, where a sigmoid or tanh unit is saturated.
 *
 *     value ~ normal(0, standardDeviation²) given |value| ≤ 2 · standardDeviation
 *
 * What is left has 0.8796 of the standard deviation given; divide by that to get one exactly.
 *
 * @param options `standardDeviation` at least 0, default 0.01
 * @throws OptionError when `standardDeviation` is negative or not finite
 *
 * @example
 * dense(100, { initializer: truncatedNormal({ standardDeviation: 0.02 }) });
 *
 * As Keras' TruncatedNormal (default 0.05) and PyTorch's `trunc_normal_` (which cuts at ±2 whatever the deviation).
 * Keras' He, Glorot and LeCun initializers are this one, scaled up by 1 / 0.8796; ours are not cut off.
 */
export function truncatedNormal(options?: TruncatedNormalOptions): Initializer {
  const given = checkOptions<TruncatedNormalOptions>('truncatedNormal', options, ['standardDeviation']);
  const standardDeviation = checkNumber('standardDeviation', given.standardDeviation ?? 0.01, { min: 0 });
  return {
    name: 'truncatedNormal',
    fill: (values, _fans, random) => {
      for (let i = 0; i < values.length; i++) {
        let value = random.normal();
        while (Math.abs(value) > 2) value = random.normal();
        values[i] = standardDeviation * value;
      }
    },
    config: { name: 'truncatedNormal', standardDeviation },
  };
}
