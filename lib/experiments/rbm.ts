import { checkChoice, checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { ShapeError } from '../core/errors.js';
import { drawSeed, RandomStream, streams } from '../core/random.js';
import { toDataset, type Dataset } from '../data/index.js';
import type { EngineName } from '../engine/engine.js';
import { dense } from '../layers/index.js';
import { momentum as momentumOptimizer } from '../optimizers/index.js';
import { l2 } from '../regularizers/index.js';
import { Network, type Data } from '../training/index.js';
import type { PretrainedLayer, PretrainedPart } from './pretrained-layer.js';

export interface RbmOptions {
  /** Numbers per sample. */
  visible: number;
  /** Hidden units, always binary. */
  hidden: number;
  /** `binary` (default): values from 0 to 1 are probabilities. `gaussian`: numbers of mean 0 and standard deviation 1. */
  visibleUnits?: 'binary' | 'gaussian';
  seed?: number;
  engine?: EngineName;
  threads?: number;
}

export interface RbmFitOptions {
  /** Passes over the data; at least 1, default 5. */
  epochs?: number;
  /** Default 100, or all where there are fewer. */
  batchSize?: number;
  /** Above 0; default 0.1 for binary, 0.01 for gaussian visible units. */
  learningRate?: number;
  /** Steps of Gibbs sampling of contrastive divergence; at least 1, default 1. */
  k?: number;
  /** In [0, 1), default 0.5. */
  momentum?: number;
  /** λ of λ/2·‖W‖² on the weights; at least 0, default 0.0002. */
  weightDecay?: number;
  /** How often a hidden unit should be on, in (0, 1), and how strongly it is held to that, at least 0; default not at all. */
  sparsity?: { readonly target: number; readonly strength: number };
  signal?: AbortSignal;
  /** Called after each epoch. */
  onEpoch?: (epoch: RbmEpoch) => void;
}

export interface RbmEpoch {
  /** From 1 over the life of the machine. */
  readonly epoch: number;
  /** Mean squared difference of samples and their reconstructions; no objective, but it falls. */
  readonly reconstructionError: number;
  /** Mean probability of hidden units to be on. */
  readonly meanActivation: number;
}

const STREAM = streams.search + 0x0800_0000;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/**
 * A restricted Boltzmann machine: visible and hidden units, all pairs between the two joined, none within. It learns
 * without labels to give high probability to what it was shown; its hidden units are then features.
 *
 *     p(h = 1 | v) = sigmoid(v · W + c)      p(v = 1 | h) = sigmoid(h · Wᵀ + b)    (gaussian: v ~ N(h · Wᵀ + b, 1))
 *     ΔW = learningRate · (⟨v h⟩ data - ⟨v h⟩ after k steps of Gibbs sampling)
 *
 * W is the kernel `[visible, hidden]` of a dense layer: products run on the engine, as a training loop of that layer, whose
 * pass back through the inputs is the way down. Machines stack: train the next one on `hiddenProbabilities` of this one,
 * and hand them all to {@link stack}.
 *
 * @example
 * const rbm = new Rbm({ visible: 784, hidden: 256, seed: 1 });
 * await rbm.fit(train, { epochs: 5 });
 * const network = stack(rbm, [dense(10)]);
 *
 * Sources: Hinton, "Training products of experts by minimizing contrastive divergence", 2002, and "A practical guide to
 * training restricted Boltzmann machines", 2010.
 */
export class Rbm implements PretrainedPart {
  readonly visible: number;
  readonly hidden: number;
  readonly visibleUnits: 'binary' | 'gaussian';
  readonly seed: number;
  /** A dense layer without activation: kernel W, bias c. */
  readonly #network: Network;
  readonly #visibleBias: Float32Array;
  #biasVelocity: Float32Array;
  #batches = 0;
  #epochs = 0;

  constructor(options: RbmOptions) {
    const known = ['visible', 'hidden', 'visibleUnits', 'seed', 'engine', 'threads'] as const;
    const given = checkOptions<RbmOptions>('Rbm', options, known);
    this.visible = checkInteger('visible', given.visible, { min: 1, max: 2 ** 24 });
    this.hidden = checkInteger('hidden', given.hidden, { min: 1, max: 2 ** 24 });
    this.visibleUnits = checkChoice('visibleUnits', given.visibleUnits ?? 'binary', ['binary', 'gaussian']);
    this.seed = given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed);
    this.#network = this.#dense(given, 0);
    this.#visibleBias = new Float32Array(this.visible);
    this.#biasVelocity = new Float32Array(this.visible);
  }

  /** `[visible, hidden]` row-major. */
  get weights(): Float32Array {
    return this.#network.readParameter('dense1.kernel');
  }

  get hiddenBias(): Float32Array {
    return this.#network.readParameter('dense1.bias');
  }

  get visibleBias(): Float32Array {
    return this.#visibleBias.slice();
  }

  /** This machine as a layer of sigmoid units, for {@link stack}. */
  get pretrainedLayers(): readonly PretrainedLayer[] {
    const { visible: inputs, hidden: units, weights: kernel, hiddenBias: bias } = this;
    return [{ inputs, units, activation: 'sigmoid', kernel, bias }];
  }

  /**
   * Trains by contrastive divergence. Momentum begins anew with each call.
   *
   * @returns one record an epoch
   * @throws OptionError, ShapeError for samples of another width; rejects with the signal's reason
   */
  async fit(data: Data, options?: RbmFitOptions): Promise<RbmEpoch[]> {
    const { epochs, batchSize, learningRate, momentum, weightDecay, ...rest } = this.#checkFit(data, options);
    const samples = this.#samples(data);
    const trained = this.#withDecay(weightDecay);
    const loop = trained.loop({ optimizer: momentumOptimizer({ learningRate, momentum }) });
    this.#biasVelocity = new Float32Array(this.visible);
    const records: RbmEpoch[] = [];
    try {
      for (let epoch = 0; epoch < epochs; epoch++) {
        const order = new RandomStream(this.seed, STREAM + 1, this.#epochs).shuffle(
          Uint32Array.from({ length: samples.length }, (_, i) => i),
        );
        let [error, active] = [0, 0];
        for (let first = 0; first < samples.length; first += batchSize) {
          rest.signal?.throwIfAborted();
          const batch = samples.select(order.subarray(first, Math.min(first + batchSize, samples.length)));
          const step = await this.#step(loop, batch, { learningRate, momentum, ...rest });
          error += step.error;
          active += step.active;
        }
        const record = {
          epoch: ++this.#epochs,
          reconstructionError: error / (samples.length * this.visible),
          meanActivation: active / (samples.length * this.hidden),
        };
        records.push(record);
        rest.onEpoch?.(record);
      }
    } finally {
      loop.dispose();
      if (trained !== this.#network) this.#network.copyLayersFrom(trained, ['dense1']);
    }
    return records;
  }

  /** Probabilities of the hidden units to be on, `[samples, hidden]`. */
  async hiddenProbabilities(data: Data): Promise<Float32Array> {
    return (await this.#network.predict(this.#samples(data))).map(sigmoid);
  }

  /** The means of the visible units after one step down and up, `[samples, visible]`. */
  async reconstruct(data: Data): Promise<Float32Array> {
    const samples = this.#samples(data);
    const loop = this.#network.loop();
    try {
      const hidden = (await loop.forward(samples)).map(sigmoid);
      return this.#visibleMeans(await loop.inputGradient(hidden));
    } finally {
      loop.dispose();
    }
  }

  async #step(loop: Loop, batch: Dataset, settings: StepSettings): Promise<{ error: number; active: number }> {
    const { length: rows } = batch;
    const { k, learningRate, momentum, sparsity } = settings;
    const random = new RandomStream(this.seed, STREAM, this.#batches++);
    const first = (await loop.forward(batch)).map(sigmoid);
    // The way down has to be asked for before the first gradient is laid down: it belongs to this pass.
    let means = this.#visibleMeans(await loop.inputGradient(sample(first, random)));
    await loop.backward(this.#withSparsity(first, sparsity).map((value) => -value / rows));
    let last = (await loop.forward(means)).map(sigmoid);
    for (let i = 1; i < k; i++) {
      means = this.#visibleMeans(await loop.inputGradient(sample(last, random)));
      last = (await loop.forward(means)).map(sigmoid);
    }
    await loop.backward(last.map((value) => value / rows));
    await loop.step();
    return { error: this.#moveVisibleBias(batch, means, learningRate, momentum), active: sum(first) };
  }

  /** Adds what holds each unit to its share of being on: the derivative of strength/2·(share - target)². */
  #withSparsity(hidden: Float32Array, sparsity: RbmFitOptions['sparsity']): Float32Array {
    if (sparsity === undefined || sparsity.strength === 0) return hidden;
    const rows = hidden.length / this.hidden;
    const shares = new Float64Array(this.hidden);
    hidden.forEach((value, i) => (shares[i % this.hidden] += value / rows));
    return hidden.map((value, i) => value - sparsity.strength * (shares[i % this.hidden] - sparsity.target));
  }

  /** The visible biases follow the same rule; the loop knows the hidden ones only. */
  #moveVisibleBias({ features, scale, length }: Dataset, means: Float32Array, rate: number, momentum: number): number {
    const difference = new Float64Array(this.visible);
    let error = 0;
    means.forEach((value, i) => {
      const d = features[i] * scale - value;
      error += d * d;
      difference[i % this.visible] += d;
    });
    difference.forEach((value, i) => {
      this.#biasVelocity[i] = momentum * this.#biasVelocity[i] + value / length;
      this.#visibleBias[i] += rate * this.#biasVelocity[i];
    });
    return error;
  }

  #visibleMeans(sums: Float32Array): Float32Array {
    const binary = this.visibleUnits === 'binary';
    return sums.map((value, i) => {
      const total = value + this.#visibleBias[i % this.visible];
      return binary ? sigmoid(total) : total;
    });
  }

  #dense({ engine, threads }: Pick<RbmOptions, 'engine' | 'threads'>, weightDecay: number): Network {
    const { visible, hidden, seed } = this;
    const layers = [dense(hidden, { initializer: 'normal', regularizer: weightDecay > 0 ? l2(weightDecay) : [] })];
    return new Network({ inputs: visible, layers, loss: 'meanSquaredError', seed, engine, threads });
  }

  /** The same layer with a penalty on its kernel: penalties belong to the description of a network. */
  #withDecay(weightDecay: number): Network {
    if (weightDecay === 0) return this.#network;
    const { name, threads } = this.#network.engine;
    const network = this.#dense({ engine: name, threads: name === 'native' ? threads : undefined }, weightDecay);
    network.copyLayersFrom(this.#network, ['dense1']);
    return network;
  }

  #samples(data: Data): Dataset {
    const samples = toDataset(data, 'data');
    if (samples.width === this.visible) return samples;
    throw new ShapeError(
      `Expected ${this.visible} features per sample (the visible units) for data, received ${samples.width}`,
    );
  }

  #checkFit(data: Data, options: unknown) {
    const known = [
      'epochs',
      'batchSize',
      'learningRate',
      'k',
      'momentum',
      'weightDecay',
      'sparsity',
      'signal',
      'onEpoch',
    ] as const;
    const given = checkOptions<RbmFitOptions>('fit of Rbm', options, known);
    const { length } = this.#samples(data);
    const { sparsity } = given;
    if (sparsity !== undefined) {
      checkOptions<NonNullable<RbmFitOptions['sparsity']>>('sparsity', sparsity, ['target', 'strength']);
      checkNumber('sparsity.target', sparsity.target, { above: 0, below: 1 });
      checkNumber('sparsity.strength', sparsity.strength, { min: 0 });
    }
    return {
      epochs: checkInteger('epochs', given.epochs ?? 5, { min: 1 }),
      batchSize: checkInteger('batchSize', given.batchSize ?? Math.min(100, length), { min: 1, max: length }),
      learningRate: checkNumber('learningRate', given.learningRate ?? (this.visibleUnits === 'binary' ? 0.1 : 0.01), {
        above: 0,
      }),
      k: checkInteger('k', given.k ?? 1, { min: 1 }),
      momentum: checkNumber('momentum', given.momentum ?? 0.5, { min: 0, below: 1 }),
      weightDecay: checkNumber('weightDecay', given.weightDecay ?? 0.0002, { min: 0 }),
      sparsity,
      signal: given.signal,
      onEpoch: given.onEpoch,
    };
  }
}

type Loop = ReturnType<Network['loop']>;

interface StepSettings {
  readonly k: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly sparsity: RbmFitOptions['sparsity'];
}

/** Units on or off, each with its probability. */
function sample(probabilities: Float32Array, random: RandomStream): Float32Array {
  return probabilities.map((probability) => (random.uniform() < probability ? 1 : 0));
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
