import type { Constraint } from '../program/parameters.js';
import { normConstraint } from './constraint.js';

/**
 * Gives each unit's weights the norm 1 after every update. Only their direction is learned.
 *
 *     w = w / ‖w‖ for each column w of the kernel; a column of zeros stays as it is
 *
 * @example
 * dense(64, { constraint: unitNorm() });
 *
 * As Keras' UnitNorm with `axis=0`, without its 1e-7.
 */
export function unitNorm(): Constraint {
  return normConstraint({ name: 'unitNorm' }, { least: 1, most: 1, rate: 1 });
}
