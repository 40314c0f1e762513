import {
  checkDecay,
  checkEpsilon,
  makeOptimizer,
  readOptions,
  type Optimizer,
  type OptimizerOptions,
} from './optimizer.js';

export interface AdaDeltaOptions extends OptimizerOptions {
  /** Weight of the old mean squares, in [0, 1); default 0.9. */
  decay?: number;
  /** Added within both roots, at least 0; default 1e-6. */
  epsilon?: number;
}

/**
 * AdaDelta: the step has the recent size of the steps, divided by the recent size of the gradients, so that no learning
 * rate is needed.
 *
 *     s = decay · s + (1 - decay) · g²        d = g · √(u + epsilon) / √(s + epsilon)
 *     u = decay · u + (1 - decay) · d²        p -= learningRate · d
 *
 * @param options `learningRate` above 0 or a schedule, default 1; `decay` in [0, 1), default 0.9; `epsilon` at least 0,
 *   default 1e-6; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adaDelta() });
 *
 * Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012. As in PyTorch (`rho` is our `decay`); Keras defaults
 * to learning rate 0.001, rho 0.95 and epsilon 1e-7.
 */
export function adaDelta(options?: AdaDeltaOptions): Optimizer {
  const { given, shared } = readOptions<AdaDeltaOptions>('adaDelta', options, ['decay', 'epsilon'], 1);
  const decay = checkDecay('decay', given.decay ?? 0.9);
  const epsilon = checkEpsilon(given.epsilon ?? 1e-6);
  return makeOptimizer(shared, {
    slots: 2,
    config: { decay, epsilon },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        meanSquare: program.slotOf(parameter, 0),
        meanSquareStep: program.slotOf(parameter, 1),
      };
      const attributes = { decay, epsilon, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'adaDelta', operands, attributes);
    },
  });
}
