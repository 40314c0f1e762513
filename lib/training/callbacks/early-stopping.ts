import { checkInteger, checkOptions } from '../../core/checks.js';
import type { Callback } from './callback.js';
import { Monitor, monitorOptions, type MonitorOptions } from './monitor.js';
import { SavedValues } from './saved-values.js';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs in a row without a better value after which training ends, at least 1; default 5. */
  patience?: number;
  /** Whether the network gets the parameters of its best epoch when training ends; default true. */
  restoreBest?: boolean;
}

/**
 * Ends training when a monitored quantity has not become better for `patience` epochs, and gives the network the parameters
 * of its best epoch. It does so however training ends: by patience, after the last epoch, by an abort or an error.
 *
 * @param options `monitor`, default `valLoss`; `patience` at least 1, default 5; `minimumChange` at least 0, default 0;
 *   `mode`, known by the name of what is monitored; `restoreBest`, default true
 * @throws OptionError for options that are unknown or out of range; `fit` throws it for a quantity that no record will hold
 *
 * @example
 * await network.fit(train, { epochs: 100, validation, callbacks: [earlyStopping({ patience: 3 })] });
 *
 * Keras restores the best weights only if asked, and by default only where early stopping itself ended the training. Where
 * the best value comes twice, the first epoch that had it is the best.
 */
export function earlyStopping(options?: EarlyStoppingOptions): Callback {
  const known = [...monitorOptions, 'patience', 'restoreBest'] as const;
  const given = checkOptions<EarlyStoppingOptions>('earlyStopping', options, known);
  const { restoreBest = true } = given;
  const patience = checkInteger('patience', given.patience ?? 5, { min: 1 });
  const monitor = new Monitor('earlyStopping', given);
  let best: number | undefined;
  let waited = 0;
  let parameters: Float32Array | undefined;
  let length = 0;
  return {
    name: 'earlyStopping',
    prepare: (quantities) => monitor.prepare(quantities),
    onTrainBegin(training) {
      [best, waited, parameters] = [undefined, 0, undefined];
      ({ length } = training.readParameters());
    },
    onEpochEnd(record, training) {
      const value = monitor.valueOf(record);
      if (monitor.isBetter(value, best)) {
        [best, waited] = [value, 0];
        if (restoreBest) parameters = Float32Array.from(training.readParameters());
        return;
      }
      waited++;
      if (waited < patience) return;
      training.stop(`${monitor.name} has not become better for ${patience} epochs; best ${best ?? 'none'}`);
    },
    onTrainEnd(_ending, training) {
      if (parameters !== undefined) training.restoreAtEnd(parameters);
    },
    state: () => ({
      values: { best: best ?? null, waited },
      ...(parameters === undefined ? {} : { arrays: { parameters } }),
    }),
    restore(state) {
      const saved = new SavedValues('earlyStopping', state);
      [best, waited, parameters] = [saved.best(), saved.count('waited'), saved.array('parameters', length)];
    },
  };
}
