import { checkBoolean, checkChoice, checkInteger, checkOptions, checkString } from '../core/checks.js';
import { StateError } from '../core/errors.js';
import { largestAt } from '../core/numbers.js';
import { toDataset, ShardedDataset } from '../data/index.js';
import { selectEngine, type EngineOptions } from '../engine/select.js';
import { resolveMetrics } from '../metrics/index.js';
import { fuseArchitecture, Model, readModel, resolveLoss, saveModel, withHead } from '../network/index.js';
import type { LayerDescription } from '../network/index.js';
import type { Fit } from './fit.js';
import { holdOut, score } from './held-out.js';
import { TrainingLoop, type LoopOptions } from './loop.js';
import type {
  EvaluateOptions,
  Evaluation,
  FuseOptions,
  NetworkOptions,
  PredictOptions,
  ReplaceHeadOptions,
  Samples,
} from './network-options.js';
import { Made, partsOf, type Parts } from './network-parts.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';
import { checkWidth, countSamples, samplesInEngine } from './samples-to-predict.js';
import { prepareScoring } from './scoring.js';
import { checkData } from './fit-checks.js';
import { optionNames, type Data, type FitOptions, type TrainingData } from './fit-options.js';
import { Trainer } from './trainer.js';

/**
 * A feed-forward neural network.
 *
 * @throws OptionError, ShapeError for a description that makes no sense; nothing is built then
 *
 * @example
 * const { train, test } = await mnist();
 * const network = new Network({
 *   inputs: 784,
 *   layers: [dense(512, { activation: 'relu' }), dropout(0.2), dense(10)],
 *   seed: 1,
 * });
 * await network.fit(train, { epochs: 5, validation: test });
 * console.log(await network.evaluate(test));
 */
export class Network extends Model {
  constructor(options: NetworkOptions) {
    const parts = options instanceof Made ? options.parts : partsOf(options);
    super(parts.architecture, parts.engine, parts.seed, parts.values);
    this.step = parts.step;
    this.classNames = parts.classNames;
  }

  /**
   * Trains the network off the JavaScript thread.
   *
   * @param data samples with labels or targets, whichever the loss compares with
   * @param options see {@link FitOptions}
   * @returns awaitable for the history, iterable by epoch. A fit of a network that is training waits its turn
   * @throws OptionError, ShapeError, DataError at once, before any work; rejects with NonFiniteError when the loss is no
   *   number any more, and with the signal's reason when aborted
   *
   * @example
   * const history = await network.fit(train, { optimizer: adam({ learningRate: 0.001 }), epochs: 5, validation: test });
   */
  fit(data: TrainingData, options: FitOptions = {}): Fit {
    const { optimizer, learningRate, ...rest } = checkOptions<FitOptions>('fit', options, optionNames);
    return new Trainer(this, { optimizer, learningRate }).fit(data, rest);
  }

  /**
   * A training loop of your own, with `forward`, `backward` and `step`: see {@link TrainingLoop}.
   *
   * @param options `optimizer` and `learningRate` as in `fit`; `seed` of dropout and noise, default the network's
   * @throws OptionError for options that are unknown or out of range
   *
   * @example
   * const loop = network.loop({ optimizer: 'sgd', learningRate: 0.1 });
   */
  loop(options?: LoopOptions): TrainingLoop {
    return new TrainingLoop(this, options);
  }

  /**
   * Loss, accuracy and other metrics over data, with dropout off and BatchNorm's running statistics. Metrics are those of all
   * samples at once, never means of batches. Shards are read a part at a time.
   *
   * @throws OptionError for unknown metrics and those that make no sense for the network; ShapeError, DataError for data
   *   that does not fit
   *
   * @example
   * const { metrics } = await network.evaluate(test, { metrics: ['confusionMatrix', 'f1', topK(3)] });
   */
  async evaluate(data: TrainingData, options?: EvaluateOptions): Promise<Evaluation> {
    const { metrics } = checkOptions<EvaluateOptions>('evaluate', options, ['metrics']);
    const chosen = metrics === undefined ? undefined : resolveMetrics('metrics', metrics);
    const checked = data instanceof ShardedDataset ? data : toDataset(data, 'data');
    checkData(this, checked, 'data');
    const held = holdOut(this, checked, chosen === undefined ? undefined : prepareScoring(this, checked, chosen));
    try {
      return await score(this, held);
    } finally {
      held.dispose();
    }
  }

  /**
   * Trains a copy for a moment and says where the time goes: by kernel and by layer, beside what the machine can do, with
   * one sentence on what bounds it. The network stays as it is, and nothing is timed unless this is called.
   *
   * Measuring the machine's limits blocks the calling thread for 0.2 s at the end.
   *
   * @param data as for `fit`
   * @param options see {@link ProfileOptions}
   * @throws OptionError, ShapeError, DataError as `fit` does
   *
   * @example
   * const { samplesPerSecond, summary, kernels } = await network.profile(train, { batchSize: 128 });
   */
  async profile(data: Data, options?: ProfileOptions): Promise<Profile> {
    return profile(this, data, options);
  }

  /**
   * Predictions, `[samples, outputs]` row-major: probabilities for the cross-entropies, else the network's outputs. During a
   * fit they are those of the last completed slice of steps.
   *
   * @throws ShapeError, DataError for samples that do not fit or are not finite
   */
  async predict(samples: Samples, options?: PredictOptions): Promise<Float32Array> {
    const { raw = false } = checkOptions<PredictOptions>('predict', options, ['raw']);
    checkBoolean('raw', raw);
    const data = samplesInEngine(this.engine, this.inputs, samples);
    try {
      const { output } = await this.runOver(this.prediction(raw), data);
      return Float32Array.from(output ?? []);
    } finally {
      data.dispose();
    }
  }

  /** The class with the largest output for each sample; with one output that decides, 1 for yes and 0 for no. */
  async classify(samples: Samples): Promise<Uint32Array> {
    const scores = await this.predict(samples, { raw: true });
    if (this.outputs === 1 && this.architecture.loss.task === 'decisions') {
      return Uint32Array.from(scores, (logit) => (logit >= 0 ? 1 : 0));
    }
    const { outputs } = this;
    return Uint32Array.from({ length: scores.length / outputs }, (_, row) => largestAt(scores, row * outputs, outputs));
  }

  /**
   * The name of the class with the largest output for each sample, for networks trained on data whose classes have names:
   * labels in text, a folder of images, a CSV file.
   *
   * @throws StateError where the network knows no names; ShapeError, DataError as `predict`
   *
   * @example
   * await network.fit(dataset({ features: [[0], [1]], labels: ['cat', 'dog'] }));
   * await network.classifyByName([[0.9]]); // ['dog']
   */
  async classifyByName(samples: Samples): Promise<string[]> {
    const { classNames } = this;
    if (classNames === undefined) {
      throw new StateError('Expected a network trained on data with classNames for classifyByName');
    }
    return Array.from(await this.classify(samples), (label) => classNames[label] ?? String(label));
  }

  /**
   * Predictions for a few samples at once, on the calling thread: microseconds for one, made for servers. Values are taken
   * as they are, without scaling.
   *
   * @param samples flat, a multiple of `inputs` long
   */
  predictSync(samples: Float32Array, options?: PredictOptions): Float32Array {
    const { raw = false } = checkOptions<PredictOptions>('predictSync', options, ['raw']);
    checkBoolean('raw', raw);
    const rows = countSamples(this.inputs, samples);
    const output = new Float32Array(rows * this.outputs);
    this.prediction(raw).runSync(this.store, samples, rows, output);
    return output;
  }

  /** Saves architecture and parameters as one safetensors file; on failure the file that was there stays. */
  async save(path: string): Promise<void> {
    await saveModel(this, checkString('path', path));
  }

  /**
   * A network from a file that `save` wrote. The file is data only: nothing in it runs.
   *
   * @throws FileError when it cannot be read, FormatError when it is no such file
   */
  static async load(path: string, options?: EngineOptions): Promise<Network> {
    const engine = selectEngine(options);
    const saved = await readModel(checkString('path', path));
    return made({ ...saved, engine });
  }

  /**
   * A new network with the lower layers of this one, their parameters copied, and other layers on top: to use what was
   * learned on one task for another. Lower layers keep their names and stay frozen where they are; this network is left as
   * it is.
   *
   * @param layers the new top layers, at least one
   * @param options `from`, name or place of the first layer replaced, by default the last one with a kernel; `loss`, by
   *   default this network's; `seed` of the new layers and of training, by default this network's
   * @throws OptionError for an empty head or a layer that is not there
   *
   * @example
   * const digits = await Network.load('digits.safetensors');
   * const letters = digits.replaceHead([dense(26)]);
   * letters.freeze('dense1');
   * await letters.fit(train);
   */
  replaceHead(layers: readonly LayerDescription[], options?: ReplaceHeadOptions): Network {
    const given = checkOptions<ReplaceHeadOptions>('replaceHead', options, ['from', 'loss', 'seed']);
    const loss = given.loss === undefined ? this.architecture.loss : resolveLoss('loss', given.loss);
    const seed = given.seed === undefined ? this.seed : checkInteger('seed', given.seed);
    const { architecture, kept } = withHead(this.architecture, layers, given.from, loss);
    const values = new Map([...this.readAll()].filter(([name]) => kept.has(name)));
    return made({ architecture, engine: this.engine, seed, step: 0, values });
  }

  /**
   * A new network for prediction, with the same outputs to 1e-5 and less to compute. Each BatchNorm behind a dense layer
   * without activation is folded into its kernel and bias, an activation layer behind that into the dense layer, and
   * dropout and noise vanish, in blocks as well. Layers keep their names. Where there is nothing to fuse, the new network
   * is a copy.
   *
   *     s = gamma / √(runningVariance + ε)    kernel ← kernel · s    bias ← (bias - runningMean) · s + beta
   *
   * @param options `dropout`: `remove` (default), or `keep` for a network that is to train on
   * @throws OptionError for `dropout: 'keep'` where dropout or noise stands between a dense layer and its BatchNorm: in
   *   training the two do not commute
   *
   * @example
   * const fast = network.fuse();
   * await fast.save('model.safetensors');
   *
   * PyTorch has `fuse_modules` for convolutions and linear layers; Keras has nothing like it.
   */
  fuse(options?: FuseOptions): Network {
    const { dropout = 'remove' } = checkOptions<FuseOptions>('fuse', options, ['dropout']);
    const keepDropout = checkChoice('dropout', dropout, ['remove', 'keep']) === 'keep';
    const { architecture, values } = fuseArchitecture(this.architecture, { values: this.readAll(), keepDropout });
    const { engine, seed, step, classNames } = this;
    return made({ architecture, engine, seed, step, values, classNames });
  }

  /**
   * Lets an `inputNormalization` layer learn mean and deviation from data now, whatever it learned before. `fit` does it by
   * itself before the first step of a network that has not learned yet. While the network trains it waits its turn.
   *
   * @throws ShapeError for data of another width, StateError where the network has no such layer
   */
  async adaptInputs(data: Data): Promise<void> {
    const checked = toDataset(data, 'data');
    checkWidth(this.inputs, checked);
    if (!this.architecture.layers.some((layer) => layer.learnInputs !== undefined)) {
      throw new StateError('Expected a network with an inputNormalization layer for adaptInputs');
    }
    await this.inTurn(() => this.learnInputs(checked, { again: true }));
  }

  /** A network with the same layers and numbers, that goes its own way from here. */
  copy(): Network {
    const { architecture, engine, seed, step, classNames } = this;
    return made({ architecture, engine, seed, step, values: this.readAll(), classNames });
  }
}

function made(parts: Parts): Network {
  return new Network(new Made(parts) as unknown as NetworkOptions);
}
