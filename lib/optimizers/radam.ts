import { checkMoments } from './adam.js';
import { makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface RadamOptions extends OptimizerOptions {
  /** Weight of the old first moment, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old second moment, in [0, 1); default 0.999. */
  beta2?: number;
  /** Added outside the root before its correction, at least 0; default 1e-8. */
  epsilon?: number;
}

/**
 * RAdam: Adam that does not divide by the second moment before it has seen enough to trust it, a warm-up by itself.
 *
 *     ρ∞ = 2 / (1 - beta2) - 1        ρ = ρ∞ - 2t · beta2ᵗ / (1 - beta2ᵗ)        m̂ = m / (1 - beta1ᵗ)
 *     ρ ≤ 5: p -= learningRate · m̂
 *     ρ > 5: p -= learningRate · m̂ · r · √(1 - beta2ᵗ) / (√v + epsilon), r² = (ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ)
 *
 * @param options `learningRate` above 0 or a schedule, default 0.001; `beta1` and `beta2` in [0, 1), defaults 0.9 and 0.999;
 *   `epsilon` at least 0, default 1e-8; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: radam({ learningRate: 0.001 }) });
 *
 * Source: Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020. As in PyTorch, with its
 * epsilon outside the root that is not yet corrected, unlike our other relatives of Adam. Keras has none.
 */
export function radam(options?: RadamOptions): Optimizer {
  const { given, shared } = readOptions<RadamOptions>('radam', options, ['beta1', 'beta2', 'epsilon'], 0.001);
  const { beta1, beta2, epsilon } = checkMoments(given);
  const longest = 2 / (1 - beta2) - 1;
  return makeOptimizer(shared, {
    slots: 2,
    config: { beta1, beta2, epsilon },
    // The corrected first moment's factor, then that of the adaptive step: 0 where the step is plain.
    factors(step) {
      const t = step + 1;
      const correction = 1 - beta2 ** t;
      const length = longest - (2 * t * beta2 ** t) / correction;
      const rectification =
        length > 5 ? ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length) : 0;
      return [1 / (1 - beta1 ** t), Math.sqrt(rectification) * Math.sqrt(correction)];
    },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        firstMoment: program.slotOf(parameter, 0),
        secondMoment: program.slotOf(parameter, 1),
      };
      const attributes = { beta1, beta2, epsilon, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'radam', operands, attributes);
    },
  });
}
