import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { constant, ones, zeros } from './constant.js';
import { custom, lostInitializer, type FillingInitializer, type InitializerFunction } from './custom.js';
import { glorotNormal, glorotUniform } from './glorot.js';
import { heNormal, heUniform } from './he.js';
import type { Initializer } from './initializer.js';
import { lecunNormal, lecunUniform } from './lecun.js';
import { normal } from './normal.js';
import { orthogonal } from './orthogonal.js';
import { truncatedNormal } from './truncated-normal.js';
import { uniform } from './uniform.js';

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
  uniform,
  truncatedNormal,
  orthogonal,
};

export type InitializerName = keyof typeof initializers;
export const initializerNames = Object.keys(initializers) as InitializerName[];

/** What a layer accepts for an initializer: a name for the defaults, an initializer with options, or a function. */
export type InitializerLike =
  Exclude<InitializerName, 'constant'> | Initializer | InitializerFunction | FillingInitializer;

export function resolveInitializer(name: string, value: unknown): Initializer {
  if (typeof value === 'string') {
    const plain = initializerNames.filter((choice) => choice !== 'constant');
    return initializers[checkChoice(name, value, plain)]();
  }
  if (typeof value === 'function') return custom(value as InitializerFunction);
  if (typeof value === 'object' && value !== null && 'fill' in value && typeof value.fill === 'function') {
    return 'config' in value ? (value as Initializer) : custom(value as FillingInitializer);
  }
  const what = 'the name of an initializer, an initializer or a function';
  throw new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
}

/** An initializer from what its `config` says; the way back from a file. */
export function initializerFromConfig(config: unknown): Initializer {
  const given = checkOptions<Initializer['config']>('initializer', config, Object.keys(config ?? {}));
  const { name, ...options } = given;
  if (name === 'custom') return lostInitializer(options['function']);
  const make = initializers[checkChoice('initializer', name, initializerNames)] as (options?: object) => Initializer;
  return make(Object.keys(options).length > 0 ? options : undefined);
}

export {
  constant,
  custom,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
};
export type { FillingInitializer, InitializerFunction } from './custom.js';
export type { Initializer } from './initializer.js';
export type { NormalOptions } from './normal.js';
export type { OrthogonalOptions } from './orthogonal.js';
export type { TruncatedNormalOptions } from './truncated-normal.js';
export type { UniformOptions } from './uniform.js';
