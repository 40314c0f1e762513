import { checkChoice, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { adam } from './adam.js';
import { momentum } from './momentum.js';
import type { LearningRateOption, Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/** Every optimizer by name. To add one: its file, a row here, its kernel, a row in the tests' table. */
export const optimizers = { sgd, momentum, rmsProp, adam };

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** What `fit` accepts for `optimizer`: a name for the defaults, or an optimizer with options. */
export type OptimizerLike = OptimizerName | Optimizer;

/** `options` holds the learning rate that may be given beside a name. */
export function resolveOptimizer(name: string, value: unknown, options?: LearningRateOption): Optimizer {
  if (typeof value === 'string') return optimizers[checkChoice(name, value, optimizerNames)](options);
  const isOptimizer = typeof value === 'object' && value !== null && 'update' in value && 'scalars' in value;
  if (!isOptimizer) {
    throw new OptionError('ERR_OPTION_TYPE', expected('the name of an optimizer or an optimizer', name, value));
  }
  if (options !== undefined) {
    const message =
      'Expected learningRate inside the optimizer, as in adam({ learningRate: 0.001 }), received it beside';
    throw new OptionError('ERR_OPTION_CONFLICT', message);
  }
  return value as Optimizer;
}

export { adam, momentum, rmsProp, sgd };
export type { AdamOptions } from './adam.js';
export type { MomentumOptions } from './momentum.js';
export type { LearningRateOption, Optimizer } from './optimizer.js';
export type { RmsPropOptions } from './rms-prop.js';
