import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { huber } from './huber.js';
import type { Loss } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { multiclassHinge } from './multiclass-hinge.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** Every loss by name. To add one: its file, a row here, its kernel. */
export const losses = {
  softmaxCrossEntropy,
  meanSquaredError,
  binaryCrossEntropy,
  meanAbsoluteError,
  huber,
  multiclassHinge,
};

export type LossName = keyof typeof losses;
export const lossNames = Object.keys(losses) as LossName[];

/** What a network accepts for `loss`: a name for the defaults, or a loss with options. */
export type LossLike = LossName | Loss;

export function resolveLoss(name: string, value: unknown): Loss {
  if (typeof value === 'string') return losses[checkChoice(name, value, lossNames)]();
  if (typeof value === 'object' && value !== null && 'compares' in value && 'write' in value) return value as Loss;
  throw new OptionError('ERR_OPTION_TYPE', expected('the name of a loss or a loss', name, value));
}

/** A loss from what its `config` says; the way back from a file. */
export function lossFromConfig(config: unknown): Loss {
  const { name, ...options } = checkOptions<Loss['config']>('loss', config, Object.keys(config ?? {}));
  const make: (options?: never) => Loss = losses[checkChoice('loss', name, lossNames)];
  return Object.keys(options).length > 0 ? make(options as never) : make();
}

export { binaryCrossEntropy, huber, meanAbsoluteError, meanSquaredError, multiclassHinge, softmaxCrossEntropy };
export { checkClassCount } from './options.js';
export type { BinaryCrossEntropyOptions } from './binary-cross-entropy.js';
export type { HuberOptions } from './huber.js';
export type { Loss, LossConfig } from './loss.js';
export type { MulticlassHingeOptions } from './multiclass-hinge.js';
export type { SoftmaxCrossEntropyOptions } from './softmax-cross-entropy.js';
