import { checkNumber } from '../core/checks.js';
import { checkDecay, makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface MomentumOptions extends OptimizerOptions {
  /** Share of the velocity that is kept, in [0, 1); default 0.9. */
  momentum?: number;
  /** Share of each gradient after the first that is left out of the velocity, in [0, 1]; default 0. */
  dampening?: number;
}

/**
 * Gradient descent with momentum: past gradients go on pushing.
 *
 *     v = momentum · v + (1 - dampening) · g    p -= learningRate · v
 *
 * The first step takes the plain gradient as velocity, dampened or not.
 *
 * @param options `learningRate` above 0 or a schedule, default 0.01; `momentum` in [0, 1), default 0.9; `dampening` in
 *   [0, 1], default 0; `clipValue`, `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: momentum({ learningRate: 0.01, momentum: 0.9 }) });
 *
 * Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. As in PyTorch; Keras puts the
 * learning rate into the velocity, which differs when the rate changes, and has no dampening.
 */
export function momentum(options?: MomentumOptions): Optimizer {
  const { given, shared } = readOptions<MomentumOptions>('momentum', options, ['momentum', 'dampening'], 0.01);
  const share = checkDecay('momentum', given.momentum ?? 0.9);
  const dampening = checkNumber('dampening', given.dampening ?? 0, { min: 0, max: 1 });
  return makeOptimizer(shared, {
    slots: 1,
    config: { momentum: share, dampening },
    factors: (step) => [step === 0 ? 1 : 1 - dampening],
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        velocity: program.slotOf(parameter, 0),
      };
      const attributes = { momentum: share, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'momentum', operands, attributes);
    },
  });
}
