import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { checkRate, describeSchedule, rateConfig, type DescribedSchedule, type Schedule } from './schedule.js';

export interface WarmUpOptions {
  /** Share of the first value to begin with, in [0, 1]; default 0.1. */
  startFactor?: number;
}

/**
 * Begins low and rises in a straight line to where another schedule begins; that one follows from its own first step.
 *
 *     value = next(0) · (startFactor + (1 - startFactor) · step / steps)    while step < steps
 *     value = next(step - steps)                                            afterwards
 *
 * @param steps of the rise, at least 1
 * @param next a number or any schedule
 * @param options `startFactor` in [0, 1], default 0.1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * adam({ learningRate: warmUp(500, cosineSchedule({ initial: 0.001, steps: 4190 })) });
 *
 * Source: Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017. PyTorch's LinearLR begins at a
 * third by default, and with SequentialLR behind it equals ours.
 */
export function warmUp(steps: number, next: number | Schedule, options?: WarmUpOptions): DescribedSchedule {
  const given = checkOptions<WarmUpOptions>('warmUp', options, ['startFactor']);
  checkInteger('steps', steps, { min: 1 });
  const rate = checkRate('next', next);
  const at = typeof rate === 'number' ? () => rate : rate;
  const startFactor = checkNumber('startFactor', given.startFactor ?? 0.1, { min: 0, max: 1 });
  return describeSchedule({ name: 'warmUp', steps, startFactor, next: rateConfig(rate) }, (step) => {
    if (step >= steps) return at(step - steps);
    return at(0) * (startFactor + ((1 - startFactor) * step) / steps);
  });
}
