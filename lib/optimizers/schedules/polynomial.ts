import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { checkFinal, checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface PolynomialScheduleOptions {
  /** Value of the first step; above 0. */
  initial: number;
  /** Steps until `final` is reached, at least 1; it stays there. */
  steps: number;
  /** At least 0; default 0. */
  final?: number;
  /** 1 falls in a straight line, more falls faster first; above 0, default 1. */
  power?: number;
}

/**
 * Falls to a final value in a given number of steps, in a straight line or a power of one.
 *
 *     value = final + (initial - final) · (1 - min(step, steps) / steps)^power
 *
 * @param options `initial` above 0; `steps` at least 1; `final` at least 0, default 0; `power` above 0, default 1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * adam({ learningRate: polynomialSchedule({ initial: 0.001, steps: 4690 }) });
 *
 * As PyTorch's PolynomialLR (which ends at 0) and Keras' PolynomialDecay (which ends at 0.0001 by default).
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): DescribedSchedule {
  const known = ['initial', 'steps', 'final', 'power'] as const;
  const given = checkOptions<PolynomialScheduleOptions>('polynomialSchedule', options, known);
  const initial = checkInitial(given.initial);
  const steps = checkInteger('steps', given.steps, { min: 1 });
  const final = checkFinal(given.final ?? 0);
  const power = checkNumber('power', given.power ?? 1, { above: 0 });
  return describeSchedule({ name: 'polynomial', initial, steps, final, power }, (step) => {
    return final + (initial - final) * (1 - Math.min(step, steps) / steps) ** power;
  });
}
