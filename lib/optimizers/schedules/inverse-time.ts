import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface InverseTimeScheduleOptions {
  /** Value of the first step; above 0. */
  initial: number;
  /** How fast it falls, at least 0: at 1 the value is half after `every` steps. */
  decay: number;
  /** Steps of one unit of time, at least 1; default 1. */
  every?: number;
}

/**
 * Falls as one over the time: fast first, then slower and slower, and never to zero.
 *
 *     value = initial / (1 + decay · step / every)
 *
 * @param options `initial` above 0; `decay` at least 0; `every` at least 1 step, default 1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * sgd({ learningRate: inverseTimeSchedule({ initial: 0.1, decay: 1, every: 1000 }) });
 *
 * Source: Robbins and Monro, "A stochastic approximation method", 1951. Keras' InverseTimeDecay; `lr_decay` of PyTorch's
 * Adagrad is the same with `every` 1.
 */
export function inverseTimeSchedule(options: InverseTimeScheduleOptions): DescribedSchedule {
  const known = ['initial', 'decay', 'every'] as const;
  const given = checkOptions<InverseTimeScheduleOptions>('inverseTimeSchedule', options, known);
  const initial = checkInitial(given.initial);
  const decay = checkNumber('decay', given.decay, { min: 0 });
  const every = checkInteger('every', given.every ?? 1, { min: 1 });
  const config = { name: 'inverseTime', initial, decay, every };
  return describeSchedule(config, (step) => initial / (1 + (decay * step) / every));
}
