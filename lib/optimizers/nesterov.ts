import { checkDecay, makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface NesterovOptions extends OptimizerOptions {
  /** Share of the velocity that is kept, in [0, 1); default 0.9. */
  momentum?: number;
}

/**
 * Nesterov's momentum: the step goes to where the velocity will have led, and so turns sooner.
 *
 *     v = momentum · v + g    p -= learningRate · (g + momentum · v)
 *
 * @param options `learningRate` above 0 or a schedule, default 0.01; `momentum` in [0, 1), default 0.9; `clipValue`,
 *   `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: nesterov({ learningRate: 0.01 }) });
 *
 * Source: Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", 1983, in the form
 * of Sutskever et al., ICML 2013. As SGD with `nesterov=True` in PyTorch; Keras puts the learning rate into the velocity.
 */
export function nesterov(options?: NesterovOptions): Optimizer {
  const { given, shared } = readOptions<NesterovOptions>('nesterov', options, ['momentum'], 0.01);
  const momentum = checkDecay('momentum', given.momentum ?? 0.9);
  return makeOptimizer(shared, {
    slots: 1,
    config: { momentum },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        velocity: program.slotOf(parameter, 0),
      };
      const attributes = { momentum, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'nesterov', operands, attributes);
    },
  });
}
