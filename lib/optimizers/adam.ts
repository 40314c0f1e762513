import { checkOptions } from '../core/checks.js';
import { checkDecay, checkEpsilon, checkLearningRate, type LearningRateOption, type Optimizer } from './optimizer.js';

export interface AdamOptions extends LearningRateOption {
  /** Weight of the old first moment, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old second moment, in [0, 1); default 0.999. */
  beta2?: number;
  /** Added outside the corrected root, at least 0; default 1e-8. */
  epsilon?: number;
}

/**
 * Adam: momentum and RMSProp together, both corrected for their start at zero.
 *
 *     m = beta1 · m + (1 - beta1) · g        v = beta2 · v + (1 - beta2) · g²
 *     p -= learningRate · m / (1 - beta1ᵗ) / (√(v / (1 - beta2ᵗ)) + epsilon)
 *
 * @param options `learningRate` above 0, default 0.001; `beta1` and `beta2` in [0, 1), defaults 0.9 and 0.999; `epsilon`
 *   at least 0, default 1e-8
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adam({ learningRate: 0.0005 }) });
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015. As in PyTorch; Keras defaults to
 * epsilon 1e-7.
 */
export function adam(options?: AdamOptions): Optimizer {
  const given = checkOptions<AdamOptions>('adam', options, ['learningRate', 'beta1', 'beta2', 'epsilon']);
  const learningRate = checkLearningRate(given.learningRate ?? 0.001);
  const beta1 = checkDecay('beta1', given.beta1 ?? 0.9);
  const beta2 = checkDecay('beta2', given.beta2 ?? 0.999);
  const epsilon = checkEpsilon(given.epsilon ?? 1e-8);
  return {
    name: 'adam',
    learningRate,
    slots: 2,
    scalarCount: 3,
    scalars: (step) => [learningRate, 1 / (1 - beta1 ** (step + 1)), 1 / Math.sqrt(1 - beta2 ** (step + 1))],
    config: { name: 'adam', learningRate, beta1, beta2, epsilon },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        firstMoment: program.slotOf(parameter, 0),
        secondMoment: program.slotOf(parameter, 1),
      };
      program.parameterCall(parameter, 'update', 'adam', operands, { beta1, beta2, epsilon });
    },
  };
}
