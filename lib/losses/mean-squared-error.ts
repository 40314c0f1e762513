import type { Loss } from './loss.js';
import { checkRegressionOptions } from './options.js';
import { regressionLoss } from './regression.js';

/**
 * Mean squared error against target values: for regression and autoencoders.
 *
 *     loss = mean over rows and columns of (output - target)²    gradient = 2 · (output - target) / (batch · columns)
 *
 * @throws OptionError for any option: it has none
 *
 * @example
 * new Network({ inputs: 4, layers: [dense(1)], loss: meanSquaredError() });
 *
 * As in Keras (MeanSquaredError) and PyTorch (MSELoss).
 */
export function meanSquaredError(options?: Record<string, never>): Loss {
  checkRegressionOptions('meanSquaredError', options, []);
  return regressionLoss({ name: 'meanSquaredError' }, (program, operands, total) => {
    program.call('meanSquaredError', operands, {}, total);
  });
}
