import { NonFiniteError, type NonFinitePlace } from '../core/errors.js';
import { findNonFinite } from '../network/index.js';
import type { Network } from './network.js';
import type { Batch } from './pass.js';

/** Milliseconds between two looks at all parameters: a millisecond's work for a network of a million. */
const INTERVAL = 1000;
const MOST_SAMPLES = 100;

interface Failure {
  /** Of the program's totals: what was not finite; undefined where parameters are not. */
  readonly what: 'loss' | 'gradient' | undefined;
  /** The samples of the step. */
  readonly batch: () => Promise<Batch> | Batch;
  readonly seed: number;
}

/**
 * Keeps a copy of parameters that are known to be finite. The engine stops before an update whenever the loss is not; but a
 * gradient may overflow behind a finite loss, and statistics before it: then the copy takes their place.
 */
export class FiniteGuard {
  readonly #network: Network;
  #copy: Float32Array | Float64Array;
  #copiedStep: number;
  #lookedAt = performance.now();

  constructor(network: Network) {
    this.#network = network;
    this.#copy = this.#read();
    this.#copiedStep = network.step;
  }

  /** Whether it is time for another look. */
  get isDue(): boolean {
    return performance.now() - this.#lookedAt > INTERVAL;
  }

  /** Looks at all parameters; false where one is not finite. */
  look(): boolean {
    this.#lookedAt = performance.now();
    const values = this.#read();
    for (const value of values) if (value - value !== 0) return false;
    [this.#copy, this.#copiedStep] = [values, this.#network.step];
    return true;
  }

  /** Gives the network its last good parameters, and tells where the trouble was met first. */
  async failure({ what, batch, seed }: Failure): Promise<NonFiniteError> {
    const network = this.#network;
    const { step } = network;
    const spoilt = this.#repair();
    const place = spoilt ?? (await this.#find(batch, seed).catch(() => undefined));
    const where = place === undefined ? '' : ` (first met in the ${describe(place)})`;
    const kept = spoilt === undefined ? step : this.#copiedStep;
    const message =
      `The ${what ?? 'gradient'} was not finite at step ${step}${where}, so training stopped; the parameters are ` +
      `${spoilt === undefined ? 'those of the step before' : `those of step ${kept}, the last known to be good`}. ` +
      'Usual causes: a learning rate that is too high, or inputs that are not scaled';
    return new NonFiniteError(message, step, place);
  }

  #read(): Float32Array | Float64Array {
    const { store, architecture } = this.#network;
    return store.read('parameters', 0, architecture.arenaSize);
  }

  /** Puts back what is not finite: everything where it is a trained parameter, else the statistics alone. */
  #repair(): NonFinitePlace | undefined {
    const { architecture, store } = this.#network;
    const values = this.#read();
    const bad = architecture.parameters.filter(({ offset, size }) => {
      return !values.subarray(offset, offset + size).every(Number.isFinite);
    });
    const trained = bad.find(({ role }) => role !== 'state');
    if (trained !== undefined) {
      store.write('parameters', 0, this.#copy);
      this.#network.forgetSlots();
      return { layer: trained.layer, tensor: `gradient of ${trained.name}`, samples: [] };
    }
    for (const { offset, size } of bad) store.write('parameters', offset, this.#copy.subarray(offset, offset + size));
    return undefined;
  }

  async #find(look: Failure['batch'], seed: number): Promise<NonFinitePlace | undefined> {
    const { architecture, step } = this.#network;
    const { data: batch, samples } = await look();
    const found = await findNonFinite({ architecture, parameters: this.#read(), batch, seed, step });
    if (found === undefined) return undefined;
    const { layer, tensor, rows } = found;
    const place = { tensor, samples: rows.slice(0, MOST_SAMPLES).map((row) => samples[row]) };
    return layer === undefined ? place : { layer, ...place };
  }
}

function describe({ tensor, samples }: NonFinitePlace): string {
  if (samples.length === 0) return tensor;
  const listed = samples.slice(0, 5).join(', ');
  return `${tensor}, for ${samples.length === 1 ? 'sample' : 'samples'} ${listed}${samples.length > 5 ? ', …' : ''}`;
}
