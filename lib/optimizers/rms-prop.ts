import { checkBoolean } from '../core/checks.js';
import {
  checkDecay,
  checkEpsilon,
  makeOptimizer,
  readOptions,
  type Optimizer,
  type OptimizerOptions,
} from './optimizer.js';

export interface RmsPropOptions extends OptimizerOptions {
  /** Weight of the old mean square, in [0, 1); default 0.99. */
  decay?: number;
  /** Added outside the root, at least 0; default 1e-8. */
  epsilon?: number;
  /** Whether to divide by the gradient's deviation from its mean instead of its size; default false. */
  centered?: boolean;
  /** Share of the velocity that is kept, in [0, 1); 0 for none, the default. */
  momentum?: number;
}

/**
 * RMSProp: each parameter's step is divided by the recent size of its gradient.
 *
 *     s = decay · s + (1 - decay) · g²              size = √s + epsilon
 *     centered: a = decay · a + (1 - decay) · g     size = √(s - a²) + epsilon
 *     p -= learningRate · g / size
 *     with momentum: v = momentum · v + g / size    p -= learningRate · v
 *
 * @param options `learningRate` above 0 or a schedule, default 0.01; `decay` in [0, 1), default 0.99; `epsilon` at least 0,
 *   default 1e-8; `centered`, default false; `momentum` in [0, 1), default 0; `clipValue`, `clipNorm` or
 *   `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: rmsProp({ learningRate: 0.001, momentum: 0.9 }) });
 *
 * Source: Hinton, "Neural networks for machine learning", lecture 6e, 2012; centered: Graves, "Generating sequences with
 * recurrent neural networks", 2013. As in PyTorch, except that rounding cannot make `s - a²` negative here; Keras defaults
 * to decay 0.9 and has epsilon 1e-7 inside the root.
 */
export function rmsProp(options?: RmsPropOptions): Optimizer {
  const own = ['decay', 'epsilon', 'centered', 'momentum'] as const;
  const { given, shared } = readOptions<RmsPropOptions>('rmsProp', options, own, 0.01);
  const decay = checkDecay('decay', given.decay ?? 0.99);
  const epsilon = checkEpsilon(given.epsilon ?? 1e-8);
  const centered = checkBoolean('centered', given.centered ?? false);
  const momentum = checkDecay('momentum', given.momentum ?? 0);
  const meanSlot = centered ? 1 : undefined;
  const velocitySlot = momentum > 0 ? (centered ? 2 : 1) : undefined;
  return makeOptimizer(shared, {
    slots: 1 + (centered ? 1 : 0) + (momentum > 0 ? 1 : 0),
    config: { decay, epsilon, centered, momentum },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        meanSquare: program.slotOf(parameter, 0),
        mean: meanSlot === undefined ? undefined : program.slotOf(parameter, meanSlot),
        velocity: velocitySlot === undefined ? undefined : program.slotOf(parameter, velocitySlot),
      };
      const attributes = { decay, epsilon, momentum, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'rmsProp', operands, attributes);
    },
  });
}
