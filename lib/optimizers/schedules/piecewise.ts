import { checkInteger, checkNumber, checkOptions, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import { describeSchedule, type DescribedSchedule } from './schedule.js';

export interface PiecewiseScheduleOptions {
  /** Steps at which the value changes, rising, at least 1 of them. */
  boundaries: readonly number[];
  /** Values, one more than boundaries; each at least 0. */
  rates: readonly number[];
}

/**
 * A list of values, each for its stretch of steps.
 *
 *     value = rates[i] for boundaries[i - 1] ≤ step < boundaries[i]
 *
 * @param options `boundaries`, rising whole numbers above 0; `rates`, one more of them, each at least 0
 * @throws OptionError for options that are unknown or out of range, and where the lists do not fit together
 *
 * @example
 * sgd({ learningRate: piecewiseSchedule({ boundaries: [1000, 2000], rates: [0.1, 0.01, 0.001] }) });
 *
 * PyTorch's MultiStepLR changes at the same step; Keras' PiecewiseConstantDecay one step later.
 */
export function piecewiseSchedule(options: PiecewiseScheduleOptions): DescribedSchedule {
  const given = checkOptions<PiecewiseScheduleOptions>('piecewiseSchedule', options, ['boundaries', 'rates']);
  const boundaries = [...checkList('boundaries', given.boundaries)];
  const rates = [...checkList('rates', given.rates)];
  boundaries.forEach((boundary, i) => {
    checkInteger(`boundaries[${i}]`, boundary, { min: i === 0 ? 1 : boundaries[i - 1] + 1 });
  });
  rates.forEach((rate, i) => checkNumber(`rates[${i}]`, rate, { min: 0 }));
  if (boundaries.length === 0 || rates.length !== boundaries.length + 1) {
    const what = 'at least one boundary, and one rate more than boundaries';
    const received = `${boundaries.length} boundaries and ${rates.length} rates`;
    throw new OptionError('ERR_OPTION_RANGE', `Expected ${what} for piecewiseSchedule, received ${received}`);
  }
  return describeSchedule({ name: 'piecewise', boundaries, rates }, (step) => {
    const place = boundaries.findIndex((boundary) => step < boundary);
    return rates[place < 0 ? boundaries.length : place];
  });
}

function checkList(name: string, value: unknown): readonly number[] {
  if (Array.isArray(value)) return value as number[];
  throw new OptionError('ERR_OPTION_TYPE', expected('an array of numbers', name, value));
}
