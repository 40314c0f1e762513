import { checkBoolean, checkInteger, checkOptions, checkString, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { drawSeed } from '../core/random.js';
import { dataset, toDataset, Dataset } from '../data/index.js';
import type { Engine, EngineData, EngineName } from '../engine/engine.js';
import { selectEngine, type EngineOptions } from '../engine/select.js';
import {
  buildArchitecture,
  Model,
  readModel,
  resolveLoss,
  saveModel,
  type Architecture,
  type LayerDescription,
  type LossLike,
  type SavedModel,
} from '../network/index.js';
import type { Fit } from './fit.js';
import { checkData, optionNames, Trainer, type Data, type FitOptions } from './trainer.js';

export interface NetworkOptions extends EngineOptions {
  /** Numbers per sample, 1 to 2²⁴. */
  inputs: number;
  /** Layers in order, at least one. */
  layers: readonly LayerDescription[];
  /** What training makes small; default `softmaxCrossEntropy`. */
  loss?: LossLike;
  /** Seed of everything random, a whole number in [0, 2⁵³); without it one is drawn and recorded. */
  seed?: number;
  /** Default: native where its addon loads. */
  engine?: EngineName;
  /** Threads of the native engine; default: one for each core. */
  threads?: number;
}

export interface PredictOptions {
  /** The network's plain outputs (logits) instead of probabilities; default false. */
  raw?: boolean;
}

/** What `evaluate` finds. `loss` is without penalties; `accuracy` is there for classification. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy?: number;
}

/** Samples to predict: flat numbers row after row, rows, or a data set. Bytes are scaled by 1/255, as in training. */
export type Samples = Float32Array | Uint8Array | readonly (readonly number[])[] | Dataset;

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
    const parts = options instanceof Restored ? options : partsOf(options);
    super(parts.architecture, parts.engine, parts.seed, parts.values);
    this.step = parts.step;
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
  fit(data: Data, options: FitOptions = {}): Fit {
    const { optimizer, learningRate, ...rest } = checkOptions<FitOptions>('fit', options, optionNames);
    return new Trainer(this, { optimizer, learningRate }).fit(data, rest);
  }

  /** Loss and accuracy over data, with dropout off and BatchNorm's running statistics. */
  async evaluate(data: Data): Promise<Evaluation> {
    const checked = toDataset(data, 'data');
    checkData(this, checked, 'data');
    const copied = this.engine.createData(checked);
    try {
      const scores = await this.score(copied);
      const { loss, accuracy } = scores;
      return accuracy === undefined ? { loss } : { loss, accuracy };
    } finally {
      copied.dispose();
    }
  }

  /**
   * Predictions, `[samples, outputs]` row-major: probabilities for softmaxCrossEntropy, else the network's outputs. During
   * a fit they are those of the last completed slice of steps.
   *
   * @throws ShapeError, DataError for samples that do not fit or are not finite
   */
  async predict(samples: Samples, options?: PredictOptions): Promise<Float32Array> {
    const { raw = false } = checkOptions<PredictOptions>('predict', options, ['raw']);
    checkBoolean('raw', raw);
    const checked = this.#samples(samples);
    const data = this.engine.createData(checked);
    try {
      const { output } = await this.runOver(this.prediction(raw), data);
      return Float32Array.from(output ?? []);
    } finally {
      data.dispose();
    }
  }

  /** The class with the largest output for each sample. */
  async classify(samples: Samples): Promise<Uint32Array> {
    const scores = await this.predict(samples, { raw: true });
    return Uint32Array.from({ length: scores.length / this.outputs }, (_, row) => {
      let best = 0;
      const first = row * this.outputs;
      for (let j = 1; j < this.outputs; j++) if (scores[first + j] > scores[first + best]) best = j;
      return best;
    });
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
    if (!(samples instanceof Float32Array)) {
      throw new OptionError('ERR_OPTION_TYPE', expected('a Float32Array', 'samples', samples));
    }
    const rows = samples.length / this.inputs;
    if (!Number.isInteger(rows) || rows === 0) {
      throw new ShapeError(
        `Expected a multiple of ${this.inputs} values (the network's inputs) for samples, received ${samples.length}`,
      );
    }
    const bad = samples.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new DataError(
        'ERR_DATA_NON_FINITE',
        `Expected finite values for samples, received ${samples[bad]} at index ${bad}`,
      );
    }
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
    return new Network(new Restored(saved, engine) as unknown as NetworkOptions);
  }

  /** Means of the evaluation's totals over data that the engine holds. @internal */
  async score(data: EngineData): Promise<{ loss: number; accuracy?: number }> {
    const program = this.evaluation;
    const { totals } = await this.runOver(program, data);
    const names = program.program.totals;
    const means = names.map((_, i) => {
      let sum = 0;
      for (let at = i; at < totals.length; at += names.length) sum += totals[at];
      return sum / data.length;
    });
    return Object.fromEntries(names.map((name, i) => [name, means[i]])) as { loss: number; accuracy?: number };
  }

  #samples(samples: Samples): Dataset {
    const checked = samples instanceof Dataset ? samples : dataset({ features: samples, width: this.inputs });
    if (checked.width !== this.inputs) {
      throw new ShapeError(
        `Expected ${this.inputs} features per sample (the network's inputs), received ${checked.width}`,
      );
    }
    return checked;
  }
}

interface Parts {
  readonly architecture: Architecture;
  readonly engine: Engine;
  readonly seed: number;
  readonly step: number;
  readonly values?: ReadonlyMap<string, Float32Array>;
}

/** What a network is made of again when it comes from a file, which has had checks of its own. */
class Restored implements Parts {
  readonly architecture: Architecture;
  readonly seed: number;
  readonly step: number;
  readonly values: ReadonlyMap<string, Float32Array>;

  constructor(
    saved: SavedModel,
    readonly engine: Engine,
  ) {
    this.architecture = saved.architecture;
    this.seed = saved.seed;
    this.step = saved.step;
    this.values = saved.values;
  }
}

function partsOf(options: NetworkOptions): Parts {
  const known = ['inputs', 'layers', 'loss', 'seed', 'engine', 'threads'] as const;
  const given = checkOptions<NetworkOptions>('Network', options, known);
  const inputs = checkInteger('inputs', given.inputs, { min: 1, max: 2 ** 24 });
  const loss = resolveLoss('loss', given.loss ?? 'softmaxCrossEntropy');
  const seed = given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed);
  const architecture = buildArchitecture(inputs, given.layers, loss);
  return { architecture, engine: selectEngine({ engine: given.engine, threads: given.threads }), seed, step: 0 };
}
