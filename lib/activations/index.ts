import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Activation, ActivationConfig } from './activation.js';
import { elu } from './elu.js';
import { identity } from './identity.js';
import { leakyRelu } from './leaky-relu.js';
import { relu } from './relu.js';
import { selu } from './selu.js';
import { sigmoid } from './sigmoid.js';
import { tanh } from './tanh.js';

/** Every activation by name. To add one: its file, a row here, a row in the kernels' tables. */
export const activations = { identity, relu, leakyRelu, sigmoid, tanh, elu, selu };

export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as ActivationName[];

/** What a layer accepts for `activation`: a name for the defaults, or an activation with options. */
export type ActivationLike = ActivationName | Activation;

export function resolveActivation(name: string, value: unknown): Activation {
  if (typeof value === 'string') return activations[checkChoice(name, value, activationNames)]();
  if (typeof value === 'object' && value !== null && 'id' in value && 'saves' in value) return value as Activation;
  throw new OptionError('ERR_OPTION_TYPE', expected('the name of an activation or an activation', name, value));
}

/** An activation from what its `config` says; the way back from a file. */
export function activationFromConfig(config: unknown): Activation {
  const { name, ...options } = checkOptions<ActivationConfig>('activation', config, Object.keys(config ?? {}));
  const make: (options?: never) => Activation = activations[checkChoice('activation', name, activationNames)];
  return Object.keys(options).length > 0 ? make(options as never) : make();
}

export { elu, identity, leakyRelu, relu, selu, sigmoid, tanh };
export type { Activation, ActivationConfig } from './activation.js';
export type { EluOptions } from './elu.js';
export type { LeakyReluOptions } from './leaky-relu.js';
