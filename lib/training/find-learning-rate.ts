import { checkChoice, checkInteger, checkNumber, checkOptions, expected } from '../core/checks.js';
import { NonFiniteError, OptionError, StateError } from '../core/errors.js';
import { optimizerNames, resolveOptimizer, type OptimizerName } from '../optimizers/index.js';
import type { Data } from './fit-options.js';
import { hooks } from './callbacks/hooks.js';
import type { Network } from './network.js';

export interface FindLearningRateOptions {
  /** Rate of the first step, above 0; default 1e-6. */
  from?: number;
  /** Rate of the last step, above `from`; default 10. */
  to?: number;
  /** Steps from one to the other, at least 10; default 100. */
  steps?: number;
  /** Default 128, or all samples where there are fewer. */
  batchSize?: number;
  /** Name of an optimizer; default `adam`. */
  optimizer?: OptimizerName;
}

export interface LearningRateRange {
  /** Where the loss falls fastest: a rate to begin with. */
  readonly learningRate: number;
  /** Rate, loss and smoothed loss of every step until the loss ran away. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
}

/** Weight of what was before in the smoothed loss. */
const SMOOTHING = 0.9;
/** The test ends where the smoothed loss is so many times its least. */
const RUN_AWAY = 4;

/**
 * The learning-rate range test: trains a copy of the network with a rate that grows from step to step, and looks where the loss
 * falls fastest. The network itself is left as it is.
 *
 *     rate(step) = from · (to / from)^(step / (steps - 1))
 *
 * @param options `from` and `to` above 0, defaults 1e-6 and 10; `steps` at least 10, default 100; `batchSize`; `optimizer`
 * @throws OptionError for options that are unknown or out of range; rejects with StateError where no step had a finite loss
 *
 * @example
 * const { learningRate } = await findLearningRate(network, train);
 * await network.fit(train, { learningRate });
 *
 * Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017. As fastai's `lr_find`, with the
 * suggestion `steep`.
 */
export async function findLearningRate(
  network: Network,
  data: Data,
  options?: FindLearningRateOptions,
): Promise<LearningRateRange> {
  const known = ['from', 'to', 'steps', 'batchSize', 'optimizer'] as const;
  const given = checkOptions<FindLearningRateOptions>('findLearningRate', options, known);
  const from = checkNumber('from', given.from ?? 1e-6, { above: 0 });
  const to = checkNumber('to', given.to ?? 10, { above: 0 });
  if (to <= from) throw new OptionError('ERR_OPTION_RANGE', expected(`a number above from (${from})`, 'to', to));
  const steps = checkInteger('steps', given.steps ?? 100, { min: 10 });
  const optimizer = checkChoice('optimizer', given.optimizer ?? 'adam', optimizerNames);
  const learningRate = (step: number) => from * (to / from) ** (Math.min(step, steps - 1) / (steps - 1));
  const [rates, losses, smoothed]: [number[], number[], number[]] = [[], [], []];
  let [mean, least] = [0, Infinity];
  const watch = hooks({
    onStepEnd({ step, loss, learningRate: rate }, training) {
      mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
      const smooth = mean / (1 - SMOOTHING ** step);
      least = Math.min(least, smooth);
      rates.push(rate);
      losses.push(loss);
      smoothed.push(smooth);
      if (step >= steps) training.stop('The range is done');
      else if (smooth > RUN_AWAY * least) training.stop('The loss has run away');
    },
  });
  const fit = network.copy().fit(data, {
    epochs: steps,
    optimizer: resolveOptimizer('optimizer', optimizer, { learningRate }),
    callbacks: [watch],
    ...(given.batchSize === undefined ? {} : { batchSize: given.batchSize }),
  });
  await fit.catch((error: unknown) => {
    if (!(error instanceof NonFiniteError)) throw error;
  });
  if (rates.length < 2)
    throw new StateError('Expected finite losses at the smallest rate: there is nothing to compare');
  return { learningRate: rates[steepest(smoothed)], rates, losses, smoothed };
}

/** The step behind which the loss falls most; rates grow evenly in their logarithm, so differences will do. */
function steepest(smoothed: readonly number[]): number {
  let best = 1;
  const fall = (i: number) => smoothed[i - 1] - smoothed[Math.min(smoothed.length - 1, i + 1)];
  // The first steps say more of the smoothing than of the rate.
  for (let i = Math.min(5, smoothed.length - 1); i < smoothed.length; i++) if (fall(i) > fall(best)) best = i;
  return best;
}
