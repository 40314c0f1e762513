import { checkNumber } from '../core/checks.js';
import type { Constraint } from '../program/parameters.js';
import { normConstraint } from './constraint.js';

/**
 * Limits the norm of each unit's weights: a unit that grows beyond it is scaled back after the update. With dropout it
 * allows large learning rates.
 *
 *     w = w · min(1, limit / ‖w‖) for each column w of the kernel
 *
 * @param limit above 0; 2 to 4 is usual
 * @throws OptionError when `limit` is not above 0
 *
 * @example
 * dense(512, { activation: 'relu', constraint: maxNorm(3) });
 *
 * Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014. As Keras'
 * MaxNorm with `axis=0`, without its 1e-7; PyTorch has `renorm`, which adds 1e-7 too.
 */
export function maxNorm(limit: number): Constraint {
  checkNumber('limit', limit, { above: 0 });
  return normConstraint({ name: 'maxNorm', limit }, { least: 0, most: limit, rate: 1 });
}
