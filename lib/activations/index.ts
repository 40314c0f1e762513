import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Activation, ActivationConfig } from './activation.js';
import { elu } from './elu.js';
import { gelu } from './gelu.js';
import { hardSigmoid } from './hard-sigmoid.js';
import { hardSwish } from './hard-swish.js';
import { identity } from './identity.js';
import { leakyRelu } from './leaky-relu.js';
import { mish } from './mish.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { selu } from './selu.js';
import { sigmoid } from './sigmoid.js';
import { silu } from './silu.js';
import { softplus } from './softplus.js';
import { softsign } from './softsign.js';
import { tanh } from './tanh.js';

/** Every activation by name. To add one: its file, a row here, a row in the kernels' tables. */
export const activations = {
  identity,
  relu,
  leakyRelu,
  sigmoid,
  tanh,
  elu,
  selu,
  relu6,
  gelu,
  softplus,
  softsign,
  silu,
  swish: silu,
  mish,
  hardSigmoid,
  hardSwish,
};

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

export {
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
};
export type { Activation, ActivationConfig } from './activation.js';
export type { EluOptions } from './elu.js';
export type { GeluOptions } from './gelu.js';
export type { LeakyReluOptions } from './leaky-relu.js';
