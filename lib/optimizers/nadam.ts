import { checkNumber } from '../core/checks.js';
import { checkMoments } from './adam.js';
import { makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface NadamOptions extends OptimizerOptions {
  /** Weight of the old first moment once the momentum has risen, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old second moment, in [0, 1); default 0.999. */
  beta2?: number;
  /** Added outside the corrected root, at least 0; default 1e-8. */
  epsilon?: number;
  /** How fast the momentum rises from half of `beta1` to the whole, at least 0; default 0.004. */
  momentumDecay?: number;
}

/**
 * Nadam: Adam with Nesterov's look ahead.
 *
 *     μₜ = beta1 · (1 - 0.96^(t · momentumDecay) / 2)
 *     m = beta1 · m + (1 - beta1) · g        v = beta2 · v + (1 - beta2) · g²        size = √(v / (1 - beta2ᵗ)) + epsilon
 *     p -= learningRate · (μₜ₊₁ · m / (1 - μ₁⋯μₜ₊₁) + (1 - μₜ) · g / (1 - μ₁⋯μₜ)) / size
 *
 * @param options `learningRate` above 0 or a schedule, default 0.002; `beta1` and `beta2` in [0, 1), defaults 0.9 and 0.999;
 *   `epsilon` at least 0, default 1e-8; `momentumDecay` at least 0, default 0.004; `clipValue`, `clipNorm` or
 *   `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: nadam() });
 *
 * Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016. As in PyTorch; Keras has the same
 * schedule of the momentum, learning rate 0.001 and epsilon 1e-7.
 */
export function nadam(options?: NadamOptions): Optimizer {
  const own = ['beta1', 'beta2', 'epsilon', 'momentumDecay'] as const;
  const { given, shared } = readOptions<NadamOptions>('nadam', options, own, 0.002);
  const { beta1, beta2, epsilon } = checkMoments(given);
  const momentumDecay = checkNumber('momentumDecay', given.momentumDecay ?? 0.004, { min: 0 });
  const momentumAt = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  const productAt = cumulativeProduct(momentumAt);
  return makeOptimizer(shared, {
    slots: 2,
    config: { beta1, beta2, epsilon, momentumDecay },
    factors(step) {
      const t = step + 1;
      const ofGradient = (1 - momentumAt(t)) / (1 - productAt(t));
      const ofMoment = momentumAt(t + 1) / (1 - productAt(t + 1));
      return [ofGradient, ofMoment, 1 / Math.sqrt(1 - beta2 ** t)];
    },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        firstMoment: program.slotOf(parameter, 0),
        secondMoment: program.slotOf(parameter, 1),
      };
      const attributes = { beta1, beta2, epsilon, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'nadam', operands, attributes);
    },
  });
}

/** f(1) · … · f(t) for any t, remembered as far as it was asked for. All factors are below 1: it soon is zero for good. */
function cumulativeProduct(f: (t: number) => number): (t: number) => number {
  const products = [1];
  return (t) => {
    while (products.length <= t && products[products.length - 1] > 0) {
      products.push(products[products.length - 1] * f(products.length));
    }
    return t < products.length ? products[t] : 0;
  };
}
