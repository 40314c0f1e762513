import { checkBoolean } from '../core/checks.js';
import type { Parameter } from '../program/parameters.js';
import {
  checkDecay,
  checkEpsilon,
  makeOptimizer,
  readOptions,
  type Optimizer,
  type OptimizerOptions,
  type ReadOptions,
} from './optimizer.js';

export interface AdamOptions extends OptimizerOptions {
  /** Weight of the old first moment, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old second moment, in [0, 1); default 0.999. */
  beta2?: number;
  /** Added outside the corrected root, at least 0; default 1e-8. */
  epsilon?: number;
  /** Whether to divide by the largest second moment so far instead of the present one; default false. */
  amsgrad?: boolean;
}

/**
 * Adam: momentum and RMSProp together, both corrected for their start at zero.
 *
 *     m = beta1 · m + (1 - beta1) · g        v = beta2 · v + (1 - beta2) · g²
 *     p -= learningRate · m / (1 - beta1ᵗ) / (√(v / (1 - beta2ᵗ)) + epsilon)
 *
 * With `amsgrad` the largest `v` so far stands in the place of `v`, so that steps never grow again.
 *
 * @param options `learningRate` above 0 or a schedule, default 0.001; `beta1` and `beta2` in [0, 1), defaults 0.9 and 0.999;
 *   `epsilon` at least 0, default 1e-8; `amsgrad`, default false; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adam({ learningRate: 0.0005 }) });
 *
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015; Reddi, Kale and Kumar, "On the
 * convergence of Adam and beyond", ICLR 2018. As in PyTorch; Keras defaults to epsilon 1e-7.
 */
export function adam(options?: AdamOptions): Optimizer {
  const own = ['beta1', 'beta2', 'epsilon', 'amsgrad'] as const;
  const read = readOptions<AdamOptions>('adam', options, own, 0.001);
  return adamOptimizer(read, {}, () => 0);
}

/** Adam and what differs from it by the weight decay of each parameter. */
export function adamOptimizer(
  { given, shared }: ReadOptions<AdamOptions>,
  config: Readonly<Record<string, string | number>>,
  decayOf: (parameter: Parameter) => number,
): Optimizer {
  const { beta1, beta2, epsilon } = checkMoments(given);
  const amsgrad = checkBoolean('amsgrad', given.amsgrad ?? false);
  return makeOptimizer(shared, {
    slots: amsgrad ? 3 : 2,
    config: { beta1, beta2, epsilon, amsgrad, ...config },
    factors: (step) => [1 / (1 - beta1 ** (step + 1)), 1 / Math.sqrt(1 - beta2 ** (step + 1))],
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        firstMoment: program.slotOf(parameter, 0),
        secondMoment: program.slotOf(parameter, 1),
      };
      const weightDecay = decayOf(parameter);
      const attributes = { beta1, beta2, epsilon, weightDecay, multiplier: parameter.learningRateMultiplier };
      if (amsgrad) {
        const largestMoment = program.slotOf(parameter, 2);
        program.parameterCall(parameter, 'update', 'amsGrad', { ...operands, largestMoment }, attributes);
      } else {
        program.parameterCall(parameter, 'update', 'adam', operands, attributes);
      }
    },
  });
}

/** The three numbers that all of Adam's relatives have. */
export function checkMoments(given: Pick<AdamOptions, 'beta1' | 'beta2' | 'epsilon'>): {
  beta1: number;
  beta2: number;
  epsilon: number;
} {
  return {
    beta1: checkDecay('beta1', given.beta1 ?? 0.9),
    beta2: checkDecay('beta2', given.beta2 ?? 0.999),
    epsilon: checkEpsilon(given.epsilon ?? 1e-8),
  };
}
