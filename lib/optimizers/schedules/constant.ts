import { checkNumber } from '../../core/checks.js';
import { describeSchedule, type DescribedSchedule } from './schedule.js';

/**
 * The same value at every step: what a plain number is, for where a schedule is wanted.
 *
 *     value = rate
 *
 * @param rate at least 0
 * @throws OptionError when `rate` is negative or not finite
 *
 * @example
 * adam({ learningRate: warmUp(500, constantSchedule(0.001)) });
 */
export function constantSchedule(rate: number): DescribedSchedule {
  checkNumber('rate', rate, { min: 0 });
  return describeSchedule({ name: 'constant', rate }, () => rate);
}
