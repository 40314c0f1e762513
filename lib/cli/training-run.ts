import {
  activation,
  batchNorm,
  cosineSchedule,
  dense,
  dropout,
  elasticDistortion,
  l2,
  Network,
  rotation,
  scale,
  shift,
  Trainer,
  checkpoint,
  type ActivationName,
  type Augmentation,
  type CheckpointOptions,
  type Dataset,
  type EngineName,
  type EpochRecord,
  type History,
  type LayerDescription,
  type OptimizerName,
  type Progress,
} from '../index.js';
import type { schedules } from './schedules.js';

/** The options that describe a network and what trains it, as commander hands them over. */
export interface NetworkShape {
  readonly layers: readonly number[];
  readonly activation: ActivationName;
  readonly dropout: number;
  readonly batchNorm?: boolean;
  readonly augment?: boolean;
  readonly l2?: number;
  readonly optimizer: OptimizerName;
  readonly seed?: number;
  readonly threads?: number;
  readonly engine?: EngineName;
}

/** The options of `blasnet train`. */
export interface TrainOptions extends NetworkShape {
  readonly learningRate?: number;
  readonly schedule: (typeof schedules)[number];
  readonly batchSize?: number;
  readonly epochs: number;
  readonly data?: string;
  readonly checkpoint?: string;
  readonly checkpointEvery?: CheckpointOptions['every'];
  readonly resume?: boolean;
  readonly save?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly progress: boolean;
}

const DEFAULT_BATCH = 128;

/** What keeps a digit legible: narrower than each alone would allow, as they add up. */
const digitAugmentation = (): Augmentation[] => [rotation(10), scale(0.1), shift(1), elasticDistortion()];

/** What a training came to, also when it was stopped half-way. */
export interface TrainingRun {
  /** Absent where the training was stopped before its end. */
  readonly history: History | undefined;
  /** Epochs completed. */
  readonly epochs: readonly EpochRecord[];
  readonly steps: number;
  /** Spent training, without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly batchSize: number;
  /** At the first step. */
  readonly learningRate: number;
}

export interface Watchers {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (record: EpochRecord) => void;
  /** A checkpoint could not be written; training goes on. */
  readonly onCheckpointError: (error: Error) => void;
}

/** The network that the options describe, for data of this form. */
export function networkFor({ train }: { train: Dataset }, options: NetworkShape): Network {
  const { engine, threads, seed } = options;
  const layers = [
    ...options.layers.flatMap((units) => hiddenLayer(units, options)),
    dense(train.classes, penalty(options)),
  ];
  return new Network({ inputs: train.width, layers, engine, threads, seed });
}

function hiddenLayer(units: number, options: NetworkShape): LayerDescription[] {
  const dropped = options.dropout > 0 ? [dropout(options.dropout)] : [];
  if (options.batchNorm !== true) {
    return [dense(units, { activation: options.activation, ...penalty(options) }), ...dropped];
  }
  // BatchNorm shifts by itself, so that a bias before it would do nothing.
  return [dense(units, { bias: false, ...penalty(options) }), batchNorm(), activation(options.activation), ...dropped];
}

function penalty({ l2: lambda = 0 }: NetworkShape): { regularizer?: ReturnType<typeof l2> } {
  return lambda > 0 ? { regularizer: l2(lambda) } : {};
}

/** What `--augment` asks of `fit` and `profile`. */
export function augmentationOf({ augment }: NetworkShape): { augmentation?: ReturnType<typeof digitAugmentation> } {
  return augment === true ? { augmentation: digitAugmentation() } : {};
}

/** Such as "784-512-512-10 relu, dropout 0.2". */
export function describeNetwork(network: Network, options: NetworkShape): string {
  const widths = [network.inputs, ...options.layers, network.outputs].join('-');
  const hidden: string[] = options.layers.length === 0 ? [] : [options.activation];
  if (hidden.length > 0 && options.batchNorm === true) hidden.unshift('batch norm');
  if (hidden.length > 0 && options.dropout > 0) hidden.push(`dropout ${options.dropout}`);
  if (options.augment === true) hidden.push('augmented');
  if (options.l2 !== undefined && options.l2 > 0) hidden.push(`L2 ${short(options.l2)}`);
  return [widths, hidden.join(', ')].filter(Boolean).join(' ');
}

/** 0.00001 as "1e-5". */
function short(value: number): string {
  return value < 1e-3 ? value.toExponential() : String(value);
}

/** The mean along a cosine is half its start, which is therefore twice what the optimizer has for a constant rate. */
function startingRate(network: Network, { learningRate, optimizer, schedule }: TrainOptions): number {
  if (learningRate !== undefined) return learningRate;
  const own = Number(new Trainer(network, { optimizer }).optimizer.learningRate);
  return schedule === 'cosine' ? 2 * own : own;
}

/** Trains until the end or the signal; an abort is no error here, and the network keeps what it has learned. */
export async function runTraining(
  network: Network,
  data: { train: Dataset; test: Dataset },
  options: TrainOptions,
  { signal, onProgress, onEpoch, onCheckpointError }: Watchers,
): Promise<TrainingRun> {
  const { epochs, optimizer } = options;
  const batchSize = options.batchSize ?? Math.min(DEFAULT_BATCH, data.train.length);
  const learningRate = startingRate(network, options);
  const steps = epochs * Math.ceil(data.train.length / batchSize);
  const falling = options.schedule === 'cosine';
  const records: EpochRecord[] = [];
  let current: Progress | undefined;
  const { checkpoint: folder, checkpointEvery: every } = options;
  const callbacks = folder === undefined ? [] : [checkpoint(folder, { every, onError: onCheckpointError })];
  const fit = network.fit(data.train, {
    epochs,
    batchSize,
    optimizer,
    learningRate: falling ? cosineSchedule({ initial: learningRate, steps }) : learningRate,
    validation: data.test,
    ...augmentationOf(options),
    signal,
    callbacks,
    ...(options.resume === true && folder !== undefined ? { resume: folder } : {}),
    onProgress: (progress) => {
      current = progress;
      onProgress(progress);
    },
  });
  try {
    for await (const record of fit) {
      records.push(record);
      onEpoch(record);
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  const partial = current !== undefined && current.epoch > records.length ? current : undefined;
  const sum = (value: (record: EpochRecord) => number) => records.reduce((total, record) => total + value(record), 0);
  const seconds =
    sum((record) => record.seconds) + (partial === undefined ? 0 : partial.samples / partial.samplesPerSecond);
  const samples = sum((record) => record.seconds * record.samplesPerSecond) + (partial?.samples ?? 0);
  return {
    history: signal.aborted ? undefined : await fit,
    epochs: records,
    steps: network.step,
    seconds,
    samplesPerSecond: samples / seconds,
    batchSize,
    learningRate,
  };
}
