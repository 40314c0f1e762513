import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Loss } from './loss.js';
import { meanSquaredError } from './mean-squared-error.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** Every loss by name. To add one: its file, a row here, its kernel. */
export const losses = { softmaxCrossEntropy, meanSquaredError };

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

export { meanSquaredError, softmaxCrossEntropy };
export type { Loss } from './loss.js';
