import { checkOptions } from '../core/checks.js';
import { checkLearningRate, type LearningRateOption, type Optimizer } from './optimizer.js';

/**
 * Stochastic gradient descent.
 *
 *     p -= learningRate · g
 *
 * @param options `learningRate` above 0, default 0.01
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: sgd({ learningRate: 0.1 }) });
 */
export function sgd(options?: LearningRateOption): Optimizer {
  const given = checkOptions<LearningRateOption>('sgd', options, ['learningRate']);
  const learningRate = checkLearningRate(given.learningRate ?? 0.01);
  return {
    name: 'sgd',
    learningRate,
    slots: 0,
    scalarCount: 1,
    scalars: () => [learningRate],
    config: { name: 'sgd', learningRate },
    update(program, parameter) {
      const gradient = program.gradientOf(parameter);
      program.parameterCall(parameter, 'update', 'sgd', { gradient, parameter }, {});
    },
  };
}
