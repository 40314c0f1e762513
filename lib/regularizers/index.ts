import { checkChoice, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Regularizer } from '../program/parameters.js';
import { l2 } from './l2.js';

/** Every regularizer by name. To add one: its file, a row here, its kernel. */
export const regularizers = { l2 };

type RegularizerName = keyof typeof regularizers;
const regularizerNames = Object.keys(regularizers) as RegularizerName[];

/** What a layer accepts for `regularizer`: one or several. */
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

export { l2 };
export type { Regularizer } from '../program/parameters.js';
