import { checkOptions } from '../core/checks.js';
import { checkDecay, checkEpsilon, checkLearningRate, type LearningRateOption, type Optimizer } from './optimizer.js';

export interface RmsPropOptions extends LearningRateOption {
  /** Weight of the old mean square, in [0, 1); default 0.99. */
  decay?: number;
  /** Added outside the root, at least 0; default 1e-8. */
  epsilon?: number;
}

/**
 * RMSProp: each parameter's step is divided by the recent size of its gradient.
 *
 *     s = decay · s + (1 - decay) · g²    p -= learningRate · g / (√s + epsilon)
 *
 * @param options `learningRate` above 0, default 0.01; `decay` in [0, 1), default 0.99; `epsilon` at least 0, default 1e-8
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: rmsProp({ learningRate: 0.001 }) });
 *
 * Source: Hinton, "Neural networks for machine learning", lecture 6e, 2012. As in PyTorch; Keras defaults to decay 0.9
 * and epsilon 1e-7 inside the root.
 */
export function rmsProp(options?: RmsPropOptions): Optimizer {
  const given = checkOptions<RmsPropOptions>('rmsProp', options, ['learningRate', 'decay', 'epsilon']);
  const learningRate = checkLearningRate(given.learningRate ?? 0.01);
  const decay = checkDecay('decay', given.decay ?? 0.99);
  const epsilon = checkEpsilon(given.epsilon ?? 1e-8);
  return {
    name: 'rmsProp',
    learningRate,
    slots: 1,
    scalarCount: 1,
    scalars: () => [learningRate],
    config: { name: 'rmsProp', learningRate, decay, epsilon },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        meanSquare: program.slotOf(parameter, 0),
      };
      program.parameterCall(parameter, 'update', 'rmsProp', operands, { decay, epsilon });
    },
  };
}
