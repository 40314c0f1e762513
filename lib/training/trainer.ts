import { checkOptions } from '../core/checks.js';
import { resolveOptimizer, type Optimizer } from '../optimizers/index.js';
import { checkFit } from './fit-checks.js';
import { fitOptionNames, type FitOptions, type TrainingData } from './fit-options.js';
import { FitRun, type Position } from './fit-run.js';
import { Fit } from './fit.js';
import type { Network } from './network.js';
import { copySamples } from './samples.js';

/**
 * Trains one network with one optimizer. Repeated fits of one trainer go on with the optimizer's state; `network.fit`
 * makes a new trainer each time.
 *
 * @example
 * const trainer = new Trainer(network, { optimizer: adam() });
 * await trainer.fit(train, { epochs: 5 });
 * await trainer.fit(train, { epochs: 5 }); // Adam's moments go on
 */
export class Trainer {
  readonly network: Network;
  readonly optimizer: Optimizer;
  readonly #position: Position = { updates: 0, epochs: 0 };

  constructor(network: Network, options: Pick<FitOptions, 'optimizer' | 'learningRate'> = {}) {
    const given = checkOptions<FitOptions>('Trainer', options, ['optimizer', 'learningRate']);
    this.network = network;
    this.optimizer = optimizerOf(given);
  }

  /** Trains. Everything is checked before any work starts. See `Network.fit`. */
  fit(data: TrainingData, options: Omit<FitOptions, 'optimizer' | 'learningRate'> = {}): Fit {
    const settings = checkFit(this, data, checkOptions<FitOptions>('fit', options, fitOptionNames));
    // A schedule that is wrong from the start is found before any work.
    this.optimizer.scalars(this.#position.updates);
    // Copied now, though the fit may have to wait: the caller's arrays are the caller's again when this returns.
    const samples = copySamples(this.network, settings);
    return new Fit((report) =>
      this.network.inTurn(() => new FitRun(this, this.#position, settings, samples).run(report)),
    );
  }
}

function optimizerOf({ optimizer = 'adam', learningRate }: Pick<FitOptions, 'optimizer' | 'learningRate'>): Optimizer {
  return resolveOptimizer('optimizer', optimizer, learningRate === undefined ? undefined : { learningRate });
}
