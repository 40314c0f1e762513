import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface StepScheduleOptions {
  /** Value of the first steps; above 0. */
  initial: number;
  /** Steps between two falls, at least 1. */
  every: number;
  /** What each fall leaves, in (0, 1]; default 0.1. */
  factor?: number;
}

/**
 * Falls by a factor every so many steps.
 *
 *     value = initial · factor^⌊step / every⌋
 *
 * @param options `initial` above 0; `every` at least 1 step; `factor` in (0, 1], default 0.1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * sgd({ learningRate: stepSchedule({ initial: 0.1, every: 30 * stepsPerEpoch, factor: 0.1 }) });
 *
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016. PyTorch's StepLR counts in calls of
 * `scheduler.step()`, usually epochs.
 */
export function stepSchedule(options: StepScheduleOptions): DescribedSchedule {
  const given = checkOptions<StepScheduleOptions>('stepSchedule', options, ['initial', 'every', 'factor']);
  const initial = checkInitial(given.initial);
  const every = checkInteger('every', given.every, { min: 1 });
  const factor = checkNumber('factor', given.factor ?? 0.1, { above: 0, max: 1 });
  const config = { name: 'step', initial, every, factor };
  return describeSchedule(config, (step) => initial * factor ** Math.floor(step / every));
}
