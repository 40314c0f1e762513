import type { Loss } from './loss.js';

/**
 * Mean squared error against target values: for regression and autoencoders.
 *
 *     loss = mean over rows and columns of (output - target)²    gradient = 2 · (output - target) / (batch · columns)
 *
 * @example
 * new Network({ inputs: 4, layers: [dense(1)], loss: meanSquaredError() });
 */
export function meanSquaredError(): Loss {
  return {
    name: 'meanSquaredError',
    compares: 'targets',
    metrics: [],
    config: { name: 'meanSquaredError' },
    write(program, output, withGradient) {
      const targets = program.targets(output.second);
      const gradient = withGradient ? program.rows(output.second) : undefined;
      program.call('meanSquaredError', { output, targets, gradient }, {}, { total: 'loss' });
      return gradient;
    },
    predictions: (_program, output) => output,
  };
}
