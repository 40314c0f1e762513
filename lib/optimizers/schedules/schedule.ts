import { checkNumber, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';

/**
 * A value that changes with the step: a pure function of the number of updates done before, from 0. The makers of this
 * folder return functions with their `config`; a function of your own will do as well.
 *
 * Units are steps (updates), never epochs. An epoch has `Math.ceil(samples / batchSize)` steps, so ten epochs of MNIST at
 * batch size 128 are `10 * Math.ceil(60000 / 128)` = 4690 steps.
 *
 * @example
 * adam({ learningRate: (step) => 0.001 / Math.sqrt(1 + step / 1000) });
 */
export interface Schedule {
  (step: number): number;
  /** Its name and numbers, kept in the history. */
  readonly config?: ScheduleConfig;
}

export interface ScheduleConfig {
  readonly name: string;
  readonly [option: string]: string | number | readonly number[] | ScheduleConfig;
}

/** A schedule of this library: it can say what it is. */
export interface DescribedSchedule extends Schedule {
  readonly config: ScheduleConfig;
}

export function describeSchedule(config: ScheduleConfig, at: (step: number) => number): DescribedSchedule {
  return Object.assign((step: number) => at(step), { config });
}

/** A number, or a schedule, as the option `name`; numbers must be above 0. */
export function checkRate(name: string, value: unknown): number | Schedule {
  if (typeof value === 'function') return value as Schedule;
  if (typeof value === 'number') return checkNumber(name, value, { above: 0 });
  throw new OptionError('ERR_OPTION_TYPE', expected('a number or a schedule', name, value));
}

/** What a history keeps of a rate. */
export function rateConfig(rate: number | Schedule): number | ScheduleConfig {
  return typeof rate === 'number' ? rate : (rate.config ?? { name: 'custom' });
}

/**
 * The value of a rate at one step.
 *
 * @throws OptionError naming the step, where a schedule returns what is not a finite number of at least 0
 */
export function rateAt(name: string, rate: number | Schedule, step: number): number {
  if (typeof rate === 'number') return rate;
  const value: unknown = rate(step);
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  const what = `a finite number of at least 0 from the schedule at step ${step}`;
  throw new OptionError('ERR_OPTION_RANGE', expected(what, name, value));
}

/** Options that most schedules share. */
export function checkInitial(value: unknown): number {
  return checkNumber('initial', value, { above: 0 });
}

export function checkFinal(value: unknown): number {
  return checkNumber('final', value, { min: 0 });
}
