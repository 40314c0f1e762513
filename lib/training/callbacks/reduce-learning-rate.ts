import { checkInteger, checkNumber, checkOptions } from '../../core/checks.js';
import type { Callback } from './callback.js';
import { Monitor, monitorOptions, type MonitorOptions } from './monitor.js';
import { SavedValues } from './saved-values.js';

export interface ReduceLearningRateOptions extends MonitorOptions {
  /** By what the rate is multiplied, above 0 and below 1; default 0.1. */
  factor?: number;
  /** Epochs in a row without a better value after which the rate falls, at least 1; default 5. */
  patience?: number;
  /** Epochs after a fall in which none is counted, at least 0; default 0. */
  cooldown?: number;
  /** The rate never falls below, at least 0; default 0. */
  minimumRate?: number;
}

/**
 * Lowers the learning rate when a monitored quantity has not become better for `patience` epochs. A schedule of the
 * optimizer goes on, multiplied by what has come together.
 *
 *     learningRate ← max(learningRate · factor, minimumRate)
 *
 * @param options `monitor`, default `valLoss`; `factor` in (0, 1), default 0.1; `patience` at least 1, default 5; `cooldown`
 *   at least 0, default 0; `minimumRate` at least 0, default 0; `minimumChange` at least 0, default 1e-4
 * @throws OptionError for options that are unknown or out of range; `fit` throws it for a quantity that no record will hold
 *
 * @example
 * await network.fit(train, { epochs: 50, validation, callbacks: [reduceLearningRateOnPlateau({ factor: 0.5 })] });
 *
 * As `ReduceLROnPlateau` of Keras (patience 10 there); PyTorch's compares relative changes by default.
 */
export function reduceLearningRateOnPlateau(options?: ReduceLearningRateOptions): Callback {
  const known = [...monitorOptions, 'factor', 'patience', 'cooldown', 'minimumRate'] as const;
  const given = checkOptions<ReduceLearningRateOptions>('reduceLearningRateOnPlateau', options, known);
  const factor = checkNumber('factor', given.factor ?? 0.1, { above: 0, below: 1 });
  const patience = checkInteger('patience', given.patience ?? 5, { min: 1 });
  const cooldown = checkInteger('cooldown', given.cooldown ?? 0);
  const minimumRate = checkNumber('minimumRate', given.minimumRate ?? 0, { min: 0 });
  const monitor = new Monitor('reduceLearningRateOnPlateau', given, { minimumChange: 1e-4 });
  let best: number | undefined;
  let waited = 0;
  let cooling = 0;
  return {
    name: 'reduceLearningRateOnPlateau',
    prepare: (quantities) => monitor.prepare(quantities),
    onTrainBegin() {
      [best, waited, cooling] = [undefined, 0, 0];
    },
    onEpochEnd(record, training) {
      const value = monitor.valueOf(record);
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      if (monitor.isBetter(value, best)) {
        [best, waited] = [value, 0];
        return;
      }
      if (cooling > 0) return;
      waited++;
      if (waited < patience) return;
      const next = Math.max(record.learningRate * factor, minimumRate);
      if (next < record.learningRate) training.learningRateFactor *= next / record.learningRate;
      [waited, cooling] = [0, cooldown];
    },
    state: () => ({ values: { best: best ?? null, waited, cooling } }),
    restore(state) {
      const saved = new SavedValues('reduceLearningRateOnPlateau', state);
      [best, waited, cooling] = [saved.best(), saved.count('waited'), saved.count('cooling')];
    },
  };
}
