import { checkNumber, checkOptions } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Constraint } from '../program/parameters.js';
import { normConstraint } from './constraint.js';

export interface MinMaxNormOptions {
  /** Smallest norm of a unit's weights, at least 0; default 0. */
  min?: number;
  /** Largest norm, above 0 and at least `min`; default 1. */
  max?: number;
  /** Share of the way to the bound that each update goes, in (0, 1]; default 1. */
  rate?: number;
}

/**
 * Keeps the norm of each unit's weights between two bounds, or pulls it there step by step.
 *
 *     w = w · (rate · clip(‖w‖, min, max) + (1 - rate) · ‖w‖) / ‖w‖ for each column w of the kernel
 *
 * A column of zeros stays as it is.
 *
 * @param options `min` at least 0, default 0; `max` above 0 and at least `min`, default 1; `rate` in (0, 1], default 1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * dense(64, { constraint: minMaxNorm({ min: 0.5, max: 2, rate: 0.9 }) });
 *
 * As Keras' MinMaxNorm with `axis=0`, without its 1e-7.
 */
export function minMaxNorm(options?: MinMaxNormOptions): Constraint {
  const given = checkOptions<MinMaxNormOptions>('minMaxNorm', options, ['min', 'max', 'rate']);
  const min = checkNumber('min', given.min ?? 0, { min: 0 });
  const max = checkNumber('max', given.max ?? 1, { above: 0 });
  const rate = checkNumber('rate', given.rate ?? 1, { above: 0, max: 1 });
  if (max < min) {
    throw new OptionError(
      'ERR_OPTION_RANGE',
      `Expected a finite number of at least ${min} (min) for max, received ${max}`,
    );
  }
  return normConstraint({ name: 'minMaxNorm', min, max, rate }, { least: min, most: max, rate });
}
