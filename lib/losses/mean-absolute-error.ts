import type { Loss } from './loss.js';
import { checkRegressionOptions } from './options.js';
import { regressionLoss } from './regression.js';

/**
 * Mean absolute error against target values: the network learns the median, so outliers count little.
 *
 *     loss = mean over rows and columns of |output - target|    gradient = sign(output - target) / (batch · columns)
 *
 * Where an output meets its target the gradient is 0.
 *
 * @throws OptionError for any option: it has none
 *
 * @example
 * new Network({ inputs: 4, layers: [dense(1)], loss: meanAbsoluteError() });
 *
 * As in Keras (MeanAbsoluteError) and PyTorch (L1Loss).
 */
export function meanAbsoluteError(options?: Record<string, never>): Loss {
  checkRegressionOptions('meanAbsoluteError', options, []);
  return regressionLoss({ name: 'meanAbsoluteError' }, (program, operands, total) => {
    program.call('meanAbsoluteError', operands, {}, total);
  });
}
