import { checkChoice, checkInteger, checkOptions } from '../../core/checks.js';
import { checkFinal, checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface CosineScheduleOptions {
  /** Value of the first step; above 0. */
  initial: number;
  /** Steps until `final` is reached, at least 1. */
  steps: number;
  /** At least 0; default 0. */
  final?: number;
  /** What follows the last step: `hold` stays at `final`, `rise` goes on along the cosine; default `hold`. */
  after?: 'hold' | 'rise';
}

/**
 * Falls along half a cosine: slowly at both ends, fast between.
 *
 *     value = final + (initial - final) · (1 + cos(π · min(step, steps) / steps)) / 2
 *
 * @param options `initial` above 0; `steps` at least 1; `final` at least 0, default 0; `after`, `hold` or `rise`, default
 *   `hold`
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * sgd({ learningRate: cosineSchedule({ initial: 0.1, steps: 4690, final: 0.001 }) });
 *
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017. Keras' CosineDecay
 * holds too, and gives `final` as a share of `initial` (`alpha`); PyTorch's CosineAnnealingLR rises again.
 */
export function cosineSchedule(options: CosineScheduleOptions): DescribedSchedule {
  const known = ['initial', 'steps', 'final', 'after'] as const;
  const given = checkOptions<CosineScheduleOptions>('cosineSchedule', options, known);
  const initial = checkInitial(given.initial);
  const steps = checkInteger('steps', given.steps, { min: 1 });
  const final = checkFinal(given.final ?? 0);
  const after = checkChoice('after', given.after ?? 'hold', ['hold', 'rise']);
  return describeSchedule({ name: 'cosine', initial, steps, final, after }, (step) => {
    return alongCosine(initial, final, (after === 'hold' ? Math.min(step, steps) : step) / steps);
  });
}

/** From `start` at 0 to `end` at 1, along half a cosine. */
export function alongCosine(start: number, end: number, share: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * share))) / 2;
}
