import { checkOptions } from '../core/checks.js';
import { checkDecay, checkLearningRate, type LearningRateOption, type Optimizer } from './optimizer.js';

export interface MomentumOptions extends LearningRateOption {
  /** Share of the velocity that is kept, in [0, 1); default 0.9. */
  momentum?: number;
}

/**
 * Gradient descent with momentum: past gradients go on pushing.
 *
 *     v = momentum · v + g    p -= learningRate · v
 *
 * @param options `learningRate` above 0, default 0.01; `momentum` in [0, 1), default 0.9
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: momentum({ learningRate: 0.01, momentum: 0.9 }) });
 *
 * Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. As in PyTorch; Keras puts the
 * learning rate into the velocity, which differs when the rate changes.
 */
export function momentum(options?: MomentumOptions): Optimizer {
  const given = checkOptions<MomentumOptions>('momentum', options, ['learningRate', 'momentum']);
  const learningRate = checkLearningRate(given.learningRate ?? 0.01);
  const share = checkDecay('momentum', given.momentum ?? 0.9);
  return {
    name: 'momentum',
    learningRate,
    slots: 1,
    scalarCount: 1,
    scalars: () => [learningRate],
    config: { name: 'momentum', learningRate, momentum: share },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        velocity: program.slotOf(parameter, 0),
      };
      program.parameterCall(parameter, 'update', 'momentum', operands, { momentum: share });
    },
  };
}
