import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import { alongCosine } from './cosine.js';
import { checkFinal, checkInitial, describeSchedule, type DescribedSchedule } from './schedule.js';

export interface CosineRestartsScheduleOptions {
  /** Value of the first step; above 0. */
  initial: number;
  /** Steps until the first restart, at least 1. */
  steps: number;
  /** Towards which each cycle falls, at least 0; default 0. */
  final?: number;
  /** Each cycle is longer than the one before by this factor; at least 1, default 1. */
  lengthFactor?: number;
  /** Each cycle starts lower than the one before by this factor; in (0, 1], default 1. */
  peakFactor?: number;
}

/**
 * Falls along half a cosine, jumps up again, and so on: each restart looks for a better valley.
 *
 *     cycle i has steps · lengthFactorⁱ steps and begins at peak = initial · peakFactorⁱ
 *     value = final + (peak - final) · (1 + cos(π · share of the cycle)) / 2
 *
 * @param options `initial` above 0; `steps` at least 1; `final` at least 0, default 0; `lengthFactor` at least 1, default 1;
 *   `peakFactor` in (0, 1], default 1
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * sgd({ learningRate: cosineRestartsSchedule({ initial: 0.1, steps: 469, lengthFactor: 2 }) });
 *
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017. In PyTorch
 * CosineAnnealingWarmRestarts with `T_0`, `T_mult`; in Keras CosineDecayRestarts with `t_mul`, `m_mul`, default 2 and 1.
 */
export function cosineRestartsSchedule(options: CosineRestartsScheduleOptions): DescribedSchedule {
  const known = ['initial', 'steps', 'final', 'lengthFactor', 'peakFactor'] as const;
  const given = checkOptions<CosineRestartsScheduleOptions>('cosineRestartsSchedule', options, known);
  const initial = checkInitial(given.initial);
  const steps = checkInteger('steps', given.steps, { min: 1 });
  const final = checkFinal(given.final ?? 0);
  const lengthFactor = checkNumber('lengthFactor', given.lengthFactor ?? 1, { min: 1 });
  const peakFactor = checkNumber('peakFactor', given.peakFactor ?? 1, { above: 0, max: 1 });
  const config = { name: 'cosineRestarts', initial, steps, final, lengthFactor, peakFactor };
  return describeSchedule(config, (step) => {
    const { cycle, share } = cycleOf(step, steps, lengthFactor);
    return alongCosine(Math.max(final, initial * peakFactor ** cycle), final, share);
  });
}

/** Which cycle a step belongs to, and how much of that cycle is over. */
function cycleOf(step: number, steps: number, factor: number): { cycle: number; share: number } {
  if (factor === 1) return { cycle: Math.floor(step / steps), share: (step % steps) / steps };
  let [cycle, first, length] = [0, 0, steps];
  while (step >= first + length) {
    first += length;
    length *= factor;
    cycle++;
  }
  return { cycle, share: (step - first) / length };
}
