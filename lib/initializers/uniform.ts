import { checkNumber, checkOptions, describe } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { Initializer } from './initializer.js';

export interface UniformOptions {
  /** Numbers are drawn from [-bound, bound); above 0, default 0.05. Not together with `min` and `max`. */
  bound?: number;
  /** Numbers are drawn from [min, max); both or neither, `min` below `max`. */
  min?: number;
  max?: number;
}

/**
 * Uniform numbers between two bounds, whatever the fans.
 *
 *     value in [min, max)    standard deviation = (max - min) / √12
 *
 * @param options `bound` above 0, default 0.05, or `min` and `max`
 * @throws OptionError when `bound` is not above 0, `min` is not below `max`, or both forms are given
 *
 * @example
 * dense(100, { initializer: uniform({ bound: 0.1 }) });
 * dense(100, { biasInitializer: uniform({ min: 0, max: 0.2 }) });
 *
 * As Keras' RandomUniform, with its defaults. PyTorch's `uniform_` defaults to [0, 1), which suits no kernel.
 */
export function uniform(options?: UniformOptions): Initializer {
  const given = checkOptions<UniformOptions>('uniform', options, ['bound', 'min', 'max']);
  const { min, max } = boundsOf(given);
  const width = max - min;
  return {
    name: 'uniform',
    fill: (values, _fans, random) => {
      for (let i = 0; i < values.length; i++) values[i] = min + width * random.uniform();
    },
    config: { name: 'uniform', min, max },
  };
}

function boundsOf({ bound, min, max }: UniformOptions): { min: number; max: number } {
  if (min === undefined && max === undefined) {
    const limit = checkNumber('bound', bound ?? 0.05, { above: 0 });
    return { min: -limit, max: limit };
  }
  if (bound !== undefined) {
    throw new OptionError('ERR_OPTION_RANGE', `Expected bound alone, or min and max, received ${describe(bound)} too`);
  }
  const low = checkNumber('min', min);
  return { min: low, max: checkNumber('max', max, { above: low }) };
}
