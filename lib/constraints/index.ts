import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Constraint } from '../program/parameters.js';
import { maxNorm } from './max-norm.js';
import { minMaxNorm } from './min-max-norm.js';
import { nonNegative } from './non-negative.js';
import { unitNorm } from './unit-norm.js';

/** Every constraint by name, made from what its config holds. To add one: its file, a row here, its kernel. */
const makers = {
  maxNorm: ({ limit }: Record<string, unknown>) => maxNorm(limit as number),
  unitNorm: () => unitNorm(),
  nonNegative: () => nonNegative(),
  minMaxNorm: (options: Record<string, unknown>) => minMaxNorm(options),
};

const constraintNames = Object.keys(makers) as (keyof typeof makers)[];

/** What a layer accepts for `constraint`: one, or several to be applied in order. */
export type ConstraintLike = Constraint | readonly Constraint[];

export function resolveConstraints(name: string, value: unknown): readonly Constraint[] {
  if (value === undefined) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry === 'object' && entry !== null && 'write' in entry && 'config' in entry)
      return entry as Constraint;
    throw new OptionError('ERR_OPTION_TYPE', expected('a constraint such as maxNorm(3)', name, entry));
  });
}

/** A constraint from what its config says; the way back from a file. */
export function constraintFromConfig(config: unknown): Constraint {
  const { name, ...options } = checkOptions<Constraint['config']>('constraint', config, Object.keys(config ?? {}));
  return makers[checkChoice('constraint', name, constraintNames)](options);
}

export { maxNorm, minMaxNorm, nonNegative, unitNorm };
export type { MinMaxNormOptions } from './min-max-norm.js';
export type { Constraint } from '../program/parameters.js';
