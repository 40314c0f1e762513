import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Regularizer } from '../program/parameters.js';
import { l1 } from './l1.js';
import { l1l2 } from './l1l2.js';
import { l2 } from './l2.js';

/** Every regularizer by name. To add one: its file, a row here, its kernel. */
export const regularizers = { l2, l1 };

type RegularizerName = keyof typeof regularizers;
const regularizerNames = Object.keys(regularizers) as RegularizerName[];

/** What a layer or a network accepts for `regularizer`: one or several. */
export type RegularizerLike = Regularizer | readonly Regularizer[];

export function resolveRegularizers(name: string, value: unknown): readonly Regularizer[] {
  if (value === undefined) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry === 'object' && entry !== null && 'kernel' in entry && 'lambda' in entry)
      return entry as Regularizer;
    throw new OptionError('ERR_OPTION_TYPE', expected('a regularizer such as l2(1e-4)', name, entry));
  });
}

export function regularizerConfig({ name, lambda }: Regularizer): { name: string; lambda: number } {
  return { name, lambda };
}

/** A regularizer from what its config says; the way back from a file. */
export function regularizerFromConfig(config: unknown): Regularizer {
  const { name, lambda } = checkOptions<{ name: string; lambda: number }>('regularizer', config, ['name', 'lambda']);
  return regularizers[checkChoice('regularizer', name, regularizerNames)](lambda);
}

/** The list that a config holds; undefined where it holds none. */
export function regularizersFromConfig(config: unknown): readonly Regularizer[] | undefined {
  return Array.isArray(config) ? config.map(regularizerFromConfig) : undefined;
}

export { l1, l1l2, l2 };
export type { L1L2Options } from './l1l2.js';
export type { Regularizer } from '../program/parameters.js';
