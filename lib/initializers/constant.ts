import { checkNumber } from '../core/checks.js';
import type { Initializer } from './initializer.js';

/** Every value 0: what biases begin with. A kernel of zeros never learns: all its units stay alike. */
export function zeros(): Initializer {
  return { name: 'zeros', fill: (values) => values.fill(0), config: { name: 'zeros' } };
}

/** Every value 1: what BatchNorm's gamma begins with. */
export function ones(): Initializer {
  return { name: 'ones', fill: (values) => values.fill(1), config: { name: 'ones' } };
}

/**
 * Every value the same number.
 *
 * @throws OptionError when `value` is not finite
 */
export function constant({ value }: { value: number }): Initializer {
  checkNumber('value', value);
  return { name: 'constant', fill: (values) => values.fill(value), config: { name: 'constant', value } };
}
