import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { alongCosine } from './cosine.js';
import { checkFinal, checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface OneCycleScheduleOptions {
  /** The highest value; above 0. */
  peak: number;
  /** Steps of the whole cycle, at least 2; afterwards the value stays at `final`. */
  steps: number;
  /** Share of the steps that rise, in (0, 1); default 0.3. */
  risingShare?: number;
  /** Value of the first step, above 0; default `peak / 25`. */
  initial?: number;
  /** Value of the last step, at least 0; default `initial / 10000`. */
  final?: number;
}

/**
 * One cycle: up along half a cosine, then down along another to almost nothing. High values in the middle act against
 * overfitting and often save most of the epochs.
 *
 *     top = risingShare · steps - 1
 *     value = from initial to peak while step ≤ top, from peak to final at step = steps - 1
 *
 * @param options `peak` above 0; `steps` at least 2; `risingShare` in (0, 1), default 0.3; `initial` above 0, default
 *   `peak / 25`; `final` at least 0, default `initial / 10000`
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * sgd({ learningRate: oneCycleSchedule({ peak: 0.5, steps: 5 * Math.ceil(60000 / 128) }) });
 *
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018. As
 * PyTorch's OneCycleLR, without its opposite cycle of the momentum; PyTorch raises an error after the last step.
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): DescribedSchedule {
  const known = ['peak', 'steps', 'risingShare', 'initial', 'final'] as const;
  const given = checkOptions<OneCycleScheduleOptions>('oneCycleSchedule', options, known);
  const peak = checkNumber('peak', given.peak, { above: 0 });
  const steps = checkInteger('steps', given.steps, { min: 2 });
  const risingShare = checkNumber('risingShare', given.risingShare ?? 0.3, { above: 0, below: 1 });
  const initial = checkInitial(given.initial ?? peak / 25);
  const final = checkFinal(given.final ?? initial / 1e4);
  const top = Math.max(0, risingShare * steps - 1);
  const last = steps - 1;
  return describeSchedule({ name: 'oneCycle', peak, steps, risingShare, initial, final }, (step) => {
    if (step <= top && top > 0) return alongCosine(initial, peak, step / top);
    return alongCosine(peak, final, (Math.min(step, last) - top) / (last - top));
  });
}
