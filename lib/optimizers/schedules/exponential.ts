import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface ExponentialScheduleOptions {
  /** Value of the first step; above 0. */
  initial: number;
  /** What is left of the value after `every` steps, in (0, 1]. */
  factor: number;
  /** Steps in which the value falls by `factor`, at least 1; default 1. */
  every?: number;
}

/**
 * Falls by the same share at every step.
 *
 *     value = initial · factor^(step / every)
 *
 * @param options `initial` above 0; `factor` in (0, 1]; `every` at least 1 step, default 1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * adam({ learningRate: exponentialSchedule({ initial: 0.001, factor: 0.96, every: 1000 }) });
 *
 * PyTorch's ExponentialLR has no `every`; Keras' ExponentialDecay calls it `decay_steps`.
 */
export function exponentialSchedule(options: ExponentialScheduleOptions): DescribedSchedule {
  const known = ['initial', 'factor', 'every'] as const;
  const given = checkOptions<ExponentialScheduleOptions>('exponentialSchedule', options, known);
  const initial = checkInitial(given.initial);
  const factor = checkNumber('factor', given.factor, { above: 0, max: 1 });
  const every = checkInteger('every', given.every ?? 1, { min: 1 });
  const config = { name: 'exponential', initial, factor, every };
  return describeSchedule(config, (step) => initial * factor ** (step / every));
}
