import { checkChoice, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { adaDelta } from './ada-delta.js';
import { adaGrad } from './ada-grad.js';
import { adaMax } from './ada-max.js';
import { adamW } from './adam-w.js';
import { adam } from './adam.js';
import { momentum } from './momentum.js';
import { nadam } from './nadam.js';
import { nesterov } from './nesterov.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { radam } from './radam.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

/** Every optimizer by name. To add one: its file, a row here, its kernel, a row in the tests' table. */
export const optimizers = {
  sgd,
  momentum,
  rmsProp,
  adam,
  nesterov,
  adaGrad,
  adaDelta,
  adamW,
  nadam,
  radam,
  adaMax,
};

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** What `fit` accepts for `optimizer`: a name for the defaults, or an optimizer with options. */
export type OptimizerLike = OptimizerName | Optimizer;

/** `options` holds the learning rate that may be given beside a name. */
export function resolveOptimizer(
  name: string,
  value: unknown,
  options?: Pick<OptimizerOptions, 'learningRate'>,
): Optimizer {
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

export { adaDelta, adaGrad, adam, adaMax, adamW, momentum, nadam, nesterov, radam, rmsProp, sgd };
export { GRADIENT_NORM, writeClipping, type Clipping, type ClippingOptions } from './clipping.js';
export * from './schedules/index.js';
export type { AdaDeltaOptions } from './ada-delta.js';
export type { AdaGradOptions } from './ada-grad.js';
export type { AdaMaxOptions } from './ada-max.js';
export type { AdamWOptions } from './adam-w.js';
export type { AdamOptions } from './adam.js';
export type { MomentumOptions } from './momentum.js';
export type { NadamOptions } from './nadam.js';
export type { NesterovOptions } from './nesterov.js';
export type { Optimizer, OptimizerConfig, OptimizerOptions } from './optimizer.js';
export type { RadamOptions } from './radam.js';
export type { RmsPropOptions } from './rms-prop.js';
export type { SgdOptions } from './sgd.js';
