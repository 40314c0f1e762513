import { checkMoments } from './adam.js';
import { makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdaMaxOptions extends OptimizerOptions {
  /** Weight of the old first moment, in [0, 1); default 0.9. */
  beta1?: number;
  /** What a step leaves of the largest gradient, in [0, 1); default 0.999. */
  beta2?: number;
  /** Added to the size of each gradient, at least 0; default 1e-8. */
  epsilon?: number;
}

/**
 * AdaMax: Adam with the largest recent gradient in the place of the root of the second moment.
 *
 *     m = beta1 · m + (1 - beta1) · g        u = max(beta2 · u, |g| + epsilon)
 *     p -= learningRate · m / (1 - beta1ᵗ) / u
 *
 * @param options `learningRate` above 0 or a schedule, default 0.002; `beta1` and `beta2` in [0, 1), defaults 0.9 and 0.999;
 *   `epsilon` at least 0, default 1e-8; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adaMax() });
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1. As in PyTorch, epsilon
 * within the maximum; Keras adds epsilon 1e-7 to `u` when it divides, and defaults to learning rate 0.001.
 */
export function adaMax(options?: AdaMaxOptions): Optimizer {
  const { given, shared } = readOptions<AdaMaxOptions>('adaMax', options, ['beta1', 'beta2', 'epsilon'], 0.002);
  const { beta1, beta2, epsilon } = checkMoments(given);
  return makeOptimizer(shared, {
    slots: 2,
    config: { beta1, beta2, epsilon },
    factors: (step) => [1 / (1 - beta1 ** (step + 1))],
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        firstMoment: program.slotOf(parameter, 0),
        largest: program.slotOf(parameter, 1),
      };
      const attributes = { beta1, beta2, epsilon, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'adaMax', operands, attributes);
    },
  });
}
