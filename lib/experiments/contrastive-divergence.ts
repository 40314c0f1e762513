import { RandomStream, streams } from '../core/random.js';
import type { Dataset } from '../data/index.js';
import type { Network } from '../training/index.js';
import type { RbmFitOptions } from './rbm-options.js';

const STREAM = streams.search + 0x0800_0000;

/** What a machine is besides its kernel and the biases of its hidden units, which are a dense layer's. */
export interface Machine {
  readonly visible: number;
  readonly hidden: number;
  readonly visibleUnits: 'binary' | 'gaussian';
  readonly seed: number;
  /** Moved by training. */
  readonly visibleBias: Float32Array;
  /** Batches and epochs over the life of the machine: random numbers go on, where a fit is repeated. */
  batches: number;
  epochs: number;
}

export interface Rates {
  readonly batchSize: number;
  readonly learningRate: number;
  /** Steps of Gibbs sampling. */
  readonly k: number;
  readonly momentum: number;
  readonly sparsity: RbmFitOptions['sparsity'];
  readonly signal: AbortSignal | undefined;
}

type Loop = ReturnType<Network['loop']>;

/** One fit of a machine by contrastive divergence: the loop holds kernel and hidden biases, and their velocities. */
export class ContrastiveDivergence {
  readonly #machine: Machine;
  readonly #loop: Loop;
  readonly #rates: Rates;
  readonly #biasVelocity: Float32Array;

  constructor(machine: Machine, loop: Loop, rates: Rates) {
    this.#machine = machine;
    this.#loop = loop;
    this.#rates = rates;
    this.#biasVelocity = new Float32Array(machine.visible);
  }

  /** A pass over the samples in a new order; sums over samples and units. */
  async epoch(samples: Dataset): Promise<{ error: number; active: number }> {
    const { seed, epochs } = this.#machine;
    const { batchSize, signal } = this.#rates;
    const { length } = samples;
    const order = new RandomStream(seed, STREAM + 1, epochs).permutation(length);
    let [error, active] = [0, 0];
    for (let first = 0; first < length; first += batchSize) {
      signal?.throwIfAborted();
      const step = await this.#step(samples.select(order.subarray(first, Math.min(first + batchSize, length))));
      error += step.error;
      active += step.active;
    }
    this.#machine.epochs++;
    return { error, active };
  }

  async #step(batch: Dataset): Promise<{ error: number; active: number }> {
    const loop = this.#loop;
    const machine = this.#machine;
    const { length: rows } = batch;
    const random = new RandomStream(machine.seed, STREAM, machine.batches++);
    const first = (await loop.forward(batch)).map(sigmoid);
    // The way down has to be asked for before the first gradient is laid down: it belongs to this pass.
    let means = visibleMeans(machine, await loop.inputGradient(sample(first, random)));
    await loop.backward(this.#withSparsity(first).map((value) => -value / rows));
    let last = (await loop.forward(means)).map(sigmoid);
    for (let i = 1; i < this.#rates.k; i++) {
      means = visibleMeans(machine, await loop.inputGradient(sample(last, random)));
      last = (await loop.forward(means)).map(sigmoid);
    }
    await loop.backward(last.map((value) => value / rows));
    await loop.step();
    return { error: this.#moveVisibleBias(batch, means), active: first.reduce((total, value) => total + value, 0) };
  }

  /** Adds what holds each unit to its share of being on: the derivative of strength/2·(share - target)². */
  #withSparsity(active: Float32Array): Float32Array {
    const { sparsity } = this.#rates;
    const { hidden } = this.#machine;
    if (sparsity === undefined || sparsity.strength === 0) return active;
    const rows = active.length / hidden;
    const shares = new Float64Array(hidden);
    active.forEach((value, i) => (shares[i % hidden] += value / rows));
    return active.map((value, i) => value - sparsity.strength * (shares[i % hidden] - sparsity.target));
  }

  /** The visible biases follow the same rule; the loop knows the hidden ones only. Returns the squared error. */
  #moveVisibleBias({ features, scale, length }: Dataset, means: Float32Array): number {
    const { visible, visibleBias } = this.#machine;
    const { learningRate, momentum } = this.#rates;
    const velocity = this.#biasVelocity;
    const difference = new Float64Array(visible);
    let error = 0;
    means.forEach((value, i) => {
      const d = features[i] * scale - value;
      error += d * d;
      difference[i % visible] += d;
    });
    difference.forEach((value, i) => {
      velocity[i] = momentum * velocity[i] + value / length;
      visibleBias[i] += learningRate * velocity[i];
    });
    return error;
  }
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Means of the visible units from the weighted sums that come down to them. */
export function visibleMeans({ visible, visibleUnits, visibleBias }: Machine, sums: Float32Array): Float32Array {
  const binary = visibleUnits === 'binary';
  return sums.map((value, i) => {
    const total = value + visibleBias[i % visible];
    return binary ? sigmoid(total) : total;
  });
}

/** Units on or off, each with its probability. */
function sample(probabilities: Float32Array, random: RandomStream): Float32Array {
  return probabilities.map((probability) => (random.uniform() < probability ? 1 : 0));
}
