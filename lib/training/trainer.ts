import { checkBoolean, checkChoice, checkInteger, checkOptions, expected } from '../core/checks.js';
import { DataError, NonFiniteError, OptionError, ShapeError, StateError } from '../core/errors.js';
import { RandomStream, streams } from '../core/random.js';
import { Stop, type CompiledProgram, type EngineData, type Outcome } from '../engine/engine.js';
import { toDataset, type Dataset, type DatasetOptions } from '../data/index.js';
import { layerNeedingRows } from '../network/index.js';
import { resolveOptimizer, type Optimizer, type OptimizerLike, type Schedule } from '../optimizers/index.js';
import { Fit } from './fit.js';
import { resolveMetrics, type MetricLike } from '../metrics/index.js';
import { EpochSums, gradientNormOf, isPerStep, type EpochRecord, type History, type Scores } from './history.js';
import type { Network } from './network.js';
import { prepareScoring, type Scoring } from './scoring.js';

/** A data set, or a plain object to make one of. */
export type Data = Dataset | DatasetOptions;

export interface FitOptions {
  /** Passes over the data, at least 1; default 5. */
  epochs?: number;
  /** Samples in one step, 1 to the number of samples; default 128, or all where there are fewer. */
  batchSize?: number;
  /** Default `adam`. */
  optimizer?: OptimizerLike;
  /** Learning rate for an optimizer given by name: a number above 0, or a schedule. */
  learningRate?: number | Schedule;
  /** Evaluated after every epoch. */
  validation?: Data;
  /** Measured on the validation data after every epoch: names, or metrics such as `topK(3)`; default none. */
  metrics?: readonly MetricLike[];
  /** A new order of the samples for every epoch; default true. */
  shuffle?: boolean;
  /** What to do with the samples that do not fill a last batch: a smaller step, or none; default `keep`. */
  partialBatch?: 'keep' | 'drop';
  /** Seed of the order of samples and of dropout; default the network's. */
  seed?: number;
  /** Stops training after the step at hand; the fit rejects with the signal's reason, the network keeps what it learned. */
  signal?: AbortSignal;
  /** Called after slices of steps, a few times a second. */
  onProgress?: (progress: Progress) => void;
}

/** Where a fit stands within an epoch. Means are over the epoch so far. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly samples: number;
  readonly samplesPerEpoch: number;
  readonly loss: number;
  readonly accuracy: number | undefined;
  readonly samplesPerSecond: number;
  /** Estimated from the rate so far, over all epochs. */
  readonly secondsLeft: number;
}

export const optionNames = [
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'validation',
  'metrics',
  'shuffle',
  'partialBatch',
  'seed',
  'signal',
  'onProgress',
] as const;

/** The optimizer belongs to the trainer, the rest to one fit. */
const trainerOptions = optionNames.filter((name) => name !== 'optimizer' && name !== 'learningRate');

/**
 * Seconds of work in one call of the engine: callbacks, aborts and snapshots happen in between. Large networks take
 * longer slices, so that the copy of their parameters after each stays a small part of it.
 */
const SLICE_SECONDS = 0.04;
const SLICE_SECONDS_PER_PARAMETER = 8e-9;
const DEFAULT_BATCH = 128;

interface Settings {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly scoring: Scoring | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  /** Samples of an epoch that are used. */
  readonly samples: number;
  readonly optimizer: Optimizer;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

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
  /** Updates done by this trainer. */
  #updates = 0;
  #epochs = 0;

  constructor(network: Network, options: Pick<FitOptions, 'optimizer' | 'learningRate'> = {}) {
    const given = checkOptions<FitOptions>('Trainer', options, ['optimizer', 'learningRate']);
    this.network = network;
    this.optimizer = optimizerOf(given);
  }

  /** Trains. Everything is checked before any work starts. See `Network.fit`. */
  fit(data: Data, options: Omit<FitOptions, 'optimizer' | 'learningRate'> = {}): Fit {
    const settings = checkFit(
      this.network,
      this.optimizer,
      data,
      checkOptions<FitOptions>('fit', options, trainerOptions),
    );
    // A schedule that is wrong from the start is found before any work.
    this.optimizer.scalars(this.#updates);
    // Copied now, though the fit may have to wait: the caller's arrays are the caller's again when this returns.
    const samples = copySamples(this.network, settings);
    return new Fit((report) => this.network.inTurn(() => this.#fit(settings, samples, report)));
  }

  async #fit(settings: Settings, samples: Samples, report: (record: EpochRecord) => void): Promise<History> {
    const { network } = this;
    const stop = new Stop();
    const abort = () => {
      stop.stop();
    };
    settings.signal?.addEventListener('abort', abort);
    let program: CompiledProgram | undefined;
    try {
      settings.signal?.throwIfAborted();
      await network.learnInputs(settings.train);
      program = network.prepareTraining(this.optimizer, settings.batchSize, this, settings.train.weights !== undefined);
      return await this.#epochsOf(settings, { program, ...samples, stop }, report);
    } finally {
      settings.signal?.removeEventListener('abort', abort);
      samples.data.dispose();
      samples.validation?.dispose();
      program?.dispose();
    }
  }

  async #epochsOf(settings: Settings, work: Work, report: (record: EpochRecord) => void): Promise<History> {
    const { network, optimizer } = this;
    const records: EpochRecord[] = [];
    const stepTotals: number[] = [];
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const sums = await this.#epoch(settings, work, epoch, stepTotals);
      const scores = await this.#validate(settings, work.validation);
      const record = sums.record(epoch, optimizer.scalars(this.#updates - 1)[0], scores);
      records.push(record);
      report(record);
    }
    const { totals } = work.program.program;
    const [loss, penalty] = [totals.indexOf('loss'), totals.indexOf('penalty')];
    const steps = stepTotals.length / totals.length;
    const normOf = (step: number) => gradientNormOf(totals, stepTotals, step * totals.length);
    const lossOf = (step: number) => stepTotals[step * totals.length + loss];
    const penaltyOf = (step: number) => (penalty < 0 ? 0 : stepTotals[step * totals.length + penalty]);
    const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
    return {
      epochs: records,
      stepDataLoss: Float64Array.from({ length: steps }, (_, step) => lossOf(step)),
      stepLoss: Float64Array.from({ length: steps }, (_, step) => lossOf(step) + penaltyOf(step)),
      ...(normOf(0) === undefined
        ? {}
        : { stepGradientNorm: Float64Array.from({ length: steps }, (_, step) => normOf(step) ?? NaN) }),
      seed: settings.seed,
      engine: network.engine.name,
      threads: network.engine.threads,
      batchSize: settings.batchSize,
      optimizer: optimizer.config,
      steps,
      seconds,
      samplesPerSecond: (settings.samples * settings.epochs) / seconds,
    };
  }

  async #validate({ validation, scoring }: Settings, data: EngineData | undefined): Promise<Scores | undefined> {
    if (data === undefined) return undefined;
    return this.network.score(data, { weighted: validation?.weights !== undefined, scoring });
  }

  /** One pass over the data, in slices: as many steps a call as fit into a few hundredths of a second. */
  async #epoch(settings: Settings, work: Work, epoch: number, stepTotals: number[]): Promise<EpochSums> {
    const { batchSize, samples, train } = settings;
    const { program } = work.program;
    const order = settings.shuffle ? shuffled(train.length, settings.seed, this.#epochs) : undefined;
    const sums = new EpochSums(program.totals);
    const sliceSeconds = SLICE_SECONDS + SLICE_SECONDS_PER_PARAMETER * this.network.architecture.arenaSize;
    let sliceSteps = 1;
    for (let first = 0; first < samples;) {
      const count = Math.min(sliceSteps * batchSize, samples - first);
      const outcome = await this.#slice(settings, work, order, first, count);
      this.#addSlice(outcome, sums, settings, first, stepTotals, program.totals);
      settings.signal?.throwIfAborted();
      first += outcome.steps * batchSize;
      const perStep = outcome.seconds / Math.max(1, outcome.steps);
      sliceSteps = Math.max(1, Math.min(sliceSteps * 4, Math.floor(sliceSeconds / perStep)));
      settings.onProgress?.(progressOf(settings, sums, epoch));
    }
    this.#epochs++;
    return sums;
  }

  #slice(
    settings: Settings,
    work: Work,
    order: Uint32Array | undefined,
    first: number,
    count: number,
  ): Promise<Outcome> {
    const { scalarCount } = this.optimizer;
    const steps = Math.ceil(count / settings.batchSize);
    const scalars = new Float64Array(steps * scalarCount);
    for (let step = 0; step < steps; step++)
      scalars.set(this.optimizer.scalars(this.#updates + step), step * scalarCount);
    return work.program.run(this.network.store, {
      data: work.data,
      // The slice's part of the order only: the engine copies what it is given.
      order: order?.subarray(first, first + count),
      firstSample: order === undefined ? first : 0,
      count,
      scalars,
      seed: settings.seed,
      firstStep: this.network.step,
      stop: work.stop,
    });
  }

  #addSlice(
    outcome: Outcome,
    sums: EpochSums,
    settings: Settings,
    first: number,
    stepTotals: number[],
    names: readonly string[],
  ): void {
    const { batchSize, samples } = settings;
    const width = names.length;
    for (let step = 0; step < outcome.steps; step++) {
      const rows = Math.min(batchSize, samples - first - step * batchSize);
      const totals = outcome.totals.subarray(step * width, (step + 1) * width);
      sums.add(totals, rows);
      // Losses are kept as means over the step's samples; penalties and norms are one number a step already.
      totals.forEach((total, i) => stepTotals.push(isPerStep(names[i]) ? total : total / rows));
    }
    sums.seconds += outcome.seconds;
    this.#updates += outcome.steps;
    this.network.step += outcome.steps;
    if (outcome.nonFinite >= 0) {
      const step = this.network.step;
      const found = names.findIndex((_, i) => !Number.isFinite(outcome.totals[outcome.steps * width + i]));
      const what = gradientNormOf([names[found]], [0]) === undefined ? 'loss' : 'gradient';
      const message =
        `The ${what} was not finite at step ${step}, so training stopped before its update; the parameters are those of ` +
        'the step before. Usual causes: a learning rate that is too high, or inputs that are not scaled';
      throw new NonFiniteError(message, step);
    }
  }
}

/** A fit's samples in the engine's own memory. */
interface Samples {
  readonly data: EngineData;
  readonly validation: EngineData | undefined;
}

interface Work extends Samples {
  readonly program: CompiledProgram;
  readonly stop: Stop;
}

function copySamples({ engine }: Network, { train, validation }: Settings): Samples {
  const data = engine.createData(train);
  try {
    return { data, validation: validation === undefined ? undefined : engine.createData(validation) };
  } catch (error) {
    data.dispose();
    throw error;
  }
}

/** The order of the samples in one epoch of a trainer. */
function shuffled(length: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  return new RandomStream(seed, streams.shuffle, epoch).shuffle(order);
}

function progressOf({ epochs, samples }: Settings, sums: EpochSums, epoch: number): Progress {
  const samplesPerSecond = sums.samples / sums.seconds;
  const left = (epochs - epoch + 1) * samples - sums.samples;
  return {
    epoch,
    epochs,
    samples: sums.samples,
    samplesPerEpoch: samples,
    loss: (sums.mean('loss') ?? NaN) + (sums.mean('penalty') ?? 0),
    accuracy: sums.mean('accuracy'),
    samplesPerSecond,
    secondsLeft: left / samplesPerSecond,
  };
}

function optimizerOf({ optimizer = 'adam', learningRate }: Pick<FitOptions, 'optimizer' | 'learningRate'>): Optimizer {
  return resolveOptimizer('optimizer', optimizer, learningRate === undefined ? undefined : { learningRate });
}

function checkFit(network: Network, optimizer: Optimizer, data: Data, options: FitOptions): Settings {
  const train = toDataset(data, 'train');
  const validation = options.validation === undefined ? undefined : toDataset(options.validation, 'validation');
  checkData(network, train, 'train');
  if (validation !== undefined) checkData(network, validation, 'validation');
  const epochs = checkInteger('epochs', options.epochs ?? 5, { min: 1 });
  const batchSize = checkInteger('batchSize', options.batchSize ?? Math.min(DEFAULT_BATCH, train.length), { min: 1 });
  if (batchSize > train.length) {
    const message = `Expected at most ${train.length} (the number of samples) for batchSize, received ${batchSize}`;
    throw new OptionError('ERR_OPTION_RANGE', message);
  }
  const partial = checkChoice('partialBatch', options.partialBatch ?? 'keep', ['keep', 'drop']);
  const rest = train.length % batchSize;
  const samples = partial === 'drop' ? train.length - rest : train.length;
  checkRows(network, batchSize, samples % batchSize);
  checkTrainable(network);
  return {
    train,
    validation,
    scoring: checkMetrics(network, validation, options.metrics),
    epochs,
    batchSize,
    samples,
    optimizer,
    shuffle: checkBoolean('shuffle', options.shuffle ?? true),
    seed: checkInteger('seed', options.seed ?? network.seed),
    signal: checkSignal(options.signal),
    onProgress: checkCallback(options.onProgress),
  };
}

function checkMetrics(network: Network, validation: Dataset | undefined, metrics: unknown): Scoring | undefined {
  if (metrics === undefined) return undefined;
  const chosen = resolveMetrics('metrics', metrics);
  if (validation !== undefined) return prepareScoring(network, validation, chosen);
  throw new OptionError(
    'ERR_OPTION_TYPE',
    `${expected('a data set', 'validation', undefined)}; metrics are taken on it`,
  );
}

/** Whether data fits a network: width, labels or targets, number of classes. */
export function checkData(network: Network, data: Dataset, name: string): void {
  const { inputs, outputs } = network;
  const { loss } = network.architecture;
  // A part of a data set may have been left without any.
  if (data.weights?.some((weight) => weight > 0) === false) {
    throw new DataError('ERR_DATA_WEIGHT', `Expected a weight above 0 in ${name}, received 0 for every sample`);
  }
  if (data.width !== inputs) {
    throw new ShapeError(
      `Expected ${inputs} features per sample (the network's inputs) for ${name}, received ${data.width}`,
    );
  }
  if (loss.compares === 'targets') {
    if (data.targets !== undefined && data.targetWidth === outputs) {
      loss.checkTargets?.(data.targets, outputs, `targets of ${name}`);
      return;
    }
    const received = data.targets === undefined ? 'none' : String(data.targetWidth);
    throw new ShapeError(
      `Expected ${outputs} targets per sample (the network's outputs) for ${name}, received ${received}`,
    );
  }
  if (data.labels === undefined) {
    throw new DataError('ERR_DATA_LABELS', `Expected labels in ${name}: the loss ${loss.name} compares with them`);
  }
  if (data.classes > outputs) {
    const message = `Expected at most ${outputs} classes (the network's outputs) in ${name}, received ${data.classes}`;
    throw new DataError('ERR_DATA_LABELS', message);
  }
}

/** BatchNorm has no variance over a single row. */
function checkRows(network: Network, batchSize: number, lastBatch: number): void {
  const smallest = lastBatch === 0 ? batchSize : Math.min(batchSize, lastBatch);
  const layer = layerNeedingRows(network.architecture, smallest);
  if (layer === undefined) return;
  throw new OptionError(
    'ERR_OPTION_RANGE',
    `Expected at least ${layer.leastRows} samples in every batch for layer ${layer.name}, received ${smallest}` +
      (smallest === lastBatch ? ' in the last one; choose another batchSize, or partialBatch: "drop"' : ''),
  );
}

/** A fit that cannot change anything is a mistake, unless the network has nothing to learn anyway. */
function checkTrainable({ architecture: { parameters, frozen } }: Network): void {
  const learned = parameters.filter(({ role }) => role !== 'state');
  if (learned.length === 0 || learned.some(({ layer }) => !frozen.has(layer))) return;
  throw new StateError('Every layer of the network is frozen: there is nothing to train; see network.unfreeze');
}

function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new OptionError('ERR_OPTION_TYPE', expected('an AbortSignal', 'signal', signal));
}

function checkCallback(callback: unknown): FitOptions['onProgress'] {
  if (callback === undefined || typeof callback === 'function') return callback as FitOptions['onProgress'];
  throw new OptionError('ERR_OPTION_TYPE', expected('a function', 'onProgress', callback));
}
