import { makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export type SgdOptions = OptimizerOptions;

/**
 * Stochastic gradient descent: straight down, as far as the gradient is steep.
 *
 *     p -= learningRate · g
 *
 * @param options `learningRate` above 0 or a schedule, default 0.01; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: sgd({ learningRate: 0.1 }) });
 *
 * Source: Robbins and Monro, "A stochastic approximation method", 1951. As in Keras and PyTorch, whose `weight_decay` is
 * our regularizer `l2`.
 */
export function sgd(options?: SgdOptions): Optimizer {
  const { shared } = readOptions<SgdOptions>('sgd', options, [], 0.01);
  return makeOptimizer(shared, {
    slots: 0,
    config: {},
    update(program, parameter) {
      const operands = { gradient: program.gradientOf(parameter), parameter };
      program.parameterCall(parameter, 'update', 'sgd', operands, { multiplier: parameter.learningRateMultiplier });
    },
  });
}
