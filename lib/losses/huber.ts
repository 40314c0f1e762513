import { checkNumber } from '../core/checks.js';
import type { Loss } from './loss.js';
import { checkRegressionOptions } from './options.js';
import { regressionLoss } from './regression.js';

export interface HuberOptions {
  /** Where the square becomes a line; above 0, default 1. */
  delta?: number;
}

/**
 * Huber loss: the square of small errors and the size of large ones, so that outliers do not rule.
 *
 *     loss = mean over rows and columns of d²/2 for |d| ≤ δ, else δ · (|d| - δ/2)    d = output - target
 *     gradient = d limited to [-δ, δ], divided by batch · columns
 *
 * @throws OptionError when `delta` is not above 0
 *
 * @example
 * new Network({ inputs: 4, layers: [dense(1)], loss: huber({ delta: 0.5 }) });
 *
 * Source: Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).
 * As in Keras (Huber) and PyTorch (HuberLoss); PyTorch's SmoothL1Loss is this divided by δ.
 */
export function huber(options?: HuberOptions): Loss {
  const given = checkRegressionOptions<HuberOptions>('huber', options, ['delta']);
  const delta = checkNumber('delta', given.delta ?? 1, { above: 0 });
  return regressionLoss({ name: 'huber', delta }, (program, operands, total) => {
    program.call('huber', operands, { delta }, total);
  });
}
