import { ShapeError } from '../core/errors.js';
import { toDataset, type Dataset } from '../data/index.js';
import type { EngineName } from '../engine/engine.js';
import { dense } from '../layers/index.js';
import { momentum as momentumOptimizer } from '../optimizers/index.js';
import { l2 } from '../regularizers/index.js';
import { Network, type Data } from '../training/index.js';
import { ContrastiveDivergence, sigmoid, visibleMeans, type Machine } from './contrastive-divergence.js';
import type { PretrainedLayer, PretrainedPart } from './pretrained-layer.js';
import { checkRbm, checkRbmFit, type RbmEpoch, type RbmFitOptions, type RbmOptions } from './rbm-options.js';

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
  readonly #machine: Machine;

  constructor(options: RbmOptions) {
    const { visible, hidden, visibleUnits, seed, engine, threads } = checkRbm(options);
    [this.visible, this.hidden, this.visibleUnits, this.seed] = [visible, hidden, visibleUnits, seed];
    this.#network = this.#dense(engine, threads, 0);
    const visibleBias = new Float32Array(visible);
    this.#machine = { visible, hidden, visibleUnits, seed, visibleBias, batches: 0, epochs: 0 };
  }

  /** `[visible, hidden]` row-major. */
  get weights(): Float32Array {
    return this.#network.readParameter('dense1.kernel');
  }

  get hiddenBias(): Float32Array {
    return this.#network.readParameter('dense1.bias');
  }

  get visibleBias(): Float32Array {
    return this.#machine.visibleBias.slice();
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
    const samples = this.#samples(data);
    const { epochs, weightDecay, onEpoch, ...rates } = checkRbmFit(options, this.visibleUnits, samples.length);
    const { learningRate, momentum } = rates;
    const trained = this.#withDecay(weightDecay);
    const loop = trained.loop({ optimizer: momentumOptimizer({ learningRate, momentum }) });
    const descent = new ContrastiveDivergence(this.#machine, loop, rates);
    const records: RbmEpoch[] = [];
    try {
      while (records.length < epochs) {
        const { error, active } = await descent.epoch(samples);
        const record = {
          epoch: this.#machine.epochs,
          reconstructionError: error / (samples.length * this.visible),
          meanActivation: active / (samples.length * this.hidden),
        };
        records.push(record);
        onEpoch?.(record);
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
      return visibleMeans(this.#machine, await loop.inputGradient(hidden));
    } finally {
      loop.dispose();
    }
  }

  #dense(engine: EngineName | undefined, threads: number | undefined, weightDecay: number): Network {
    const { visible, hidden, seed } = this;
    const layers = [dense(hidden, { initializer: 'normal', regularizer: weightDecay > 0 ? l2(weightDecay) : [] })];
    return new Network({ inputs: visible, layers, loss: 'meanSquaredError', seed, engine, threads });
  }

  /** The same layer with a penalty on its kernel: penalties belong to the description of a network. */
  #withDecay(weightDecay: number): Network {
    if (weightDecay === 0) return this.#network;
    const { name, threads } = this.#network.engine;
    const network = this.#dense(name, name === 'native' ? threads : undefined, weightDecay);
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
}
