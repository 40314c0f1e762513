import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { constant, ones, zeros } from './constant.js';
import { glorotNormal, glorotUniform } from './glorot.js';
import { heNormal, heUniform } from './he.js';
import type { Initializer } from './initializer.js';
import { lecunNormal, lecunUniform } from './lecun.js';
import { normal } from './normal.js';

/** Every initializer by name. To add one: its file and a row here. */
export const initializers = {
  zeros,
  ones,
  constant,
  normal,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
};

export type InitializerName = keyof typeof initializers;
export const initializerNames = Object.keys(initializers) as InitializerName[];

/** What a layer accepts for an initializer: a name for the defaults, or an initializer with options. */
export type InitializerLike = Exclude<InitializerName, 'constant'> | Initializer;

export function resolveInitializer(name: string, value: unknown): Initializer {
  if (typeof value === 'string') {
    const plain = initializerNames.filter((choice) => choice !== 'constant');
    return initializers[checkChoice(name, value, plain)]();
  }
  if (typeof value === 'object' && value !== null && 'fill' in value && 'config' in value) return value as Initializer;
  throw new OptionError('ERR_OPTION_TYPE', expected('the name of an initializer or an initializer', name, value));
}

/** An initializer from what its `config` says; the way back from a file. */
export function initializerFromConfig(config: unknown): Initializer {
  const given = checkOptions<Initializer['config']>('initializer', config, Object.keys(config ?? {}));
  const { name, ...options } = given;
  const make = initializers[checkChoice('initializer', name, initializerNames)] as (options?: object) => Initializer;
  return make(Object.keys(options).length > 0 ? options : undefined);
}

export { constant, glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, lecunUniform, normal, ones, zeros };
export type { Initializer } from './initializer.js';
export type { NormalOptions } from './normal.js';
