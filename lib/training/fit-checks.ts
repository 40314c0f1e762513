import { augmenterOf, type Augmenter } from '../augmentation/index.js';
import { checkBoolean, checkChoice, checkInteger, checkString, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError, StateError } from '../core/errors.js';
import { ShardedDataset, toDataset, type Dataset } from '../data/index.js';
import { resolveMetrics } from '../metrics/index.js';
import { layerNeedingRows } from '../network/index.js';
import type { Optimizer } from '../optimizers/index.js';
import { checkCallbacks, type Callback } from './callbacks/callback.js';
import { everyRecord, quantityName } from './callbacks/monitor.js';
import type { FitOptions, TrainingData } from './fit-options.js';
import type { Network } from './network.js';
import type { Progress } from './progress.js';
import { noticeScale } from './input-scale.js';
import type { Trainer } from './trainer.js';
import { prepareScoring, type Scoring } from './scoring.js';

const DEFAULT_BATCH = 128;

/** A fit's options, checked and complete. */
export interface Settings {
  readonly train: Dataset | ShardedDataset;
  readonly validation: Dataset | ShardedDataset | undefined;
  readonly scoring: Scoring | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  /** Samples of an epoch that are used. */
  readonly samples: number;
  readonly augment: Augmenter | undefined;
  /** What the augmentations were made with, for records. */
  readonly augmentation: readonly object[];
  readonly shuffle: boolean;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly callbacks: readonly Callback[];
  readonly resume: string | undefined;
  readonly allowOtherData: boolean;
  /** Whether the seed was given to this fit: a checkpoint of another is not its own then. */
  readonly seedGiven: boolean;
}

export function checkFit({ network, optimizer }: Trainer, data: TrainingData, options: FitOptions): Settings {
  const busy = checkChoice('whenBusy', options.whenBusy ?? 'wait', ['wait', 'fail']);
  if (busy === 'fail' && network.isTraining)
    throw new StateError('The network is training already, and whenBusy is "fail"');
  const train = data instanceof ShardedDataset ? data : toDataset(data, 'train');
  const { validation: given } = options;
  const validation = given === undefined || given instanceof ShardedDataset ? given : toDataset(given, 'validation');
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
  if (!(train instanceof ShardedDataset)) noticeScale(network, train);
  const scoring = checkMetrics(network, validation, options.metrics);
  const callbacks = checkCallbacks(options.callbacks);
  const quantities = quantitiesOf(network, optimizer, validation !== undefined, scoring);
  for (const callback of callbacks) callback.prepare?.(quantities);
  return {
    train,
    validation,
    scoring,
    epochs,
    batchSize,
    samples,
    augment:
      options.augmentation === undefined
        ? undefined
        : augmenterOf('augmentation', options.augmentation, train.imageShape),
    augmentation: options.augmentation?.map(({ name, config }) => ({ name, ...config })) ?? [],
    shuffle: checkBoolean('shuffle', options.shuffle ?? true),
    seed: checkInteger('seed', options.seed ?? network.seed),
    signal: checkSignal(options.signal),
    onProgress: checkFunction('onProgress', options.onProgress),
    callbacks,
    resume: options.resume === undefined ? undefined : checkString('resume', options.resume),
    allowOtherData: checkBoolean('allowOtherData', options.allowOtherData ?? false),
    seedGiven: options.seed !== undefined,
  };
}

/** Names of all numbers that the records of the fit will hold. */
function quantitiesOf(
  { architecture: { loss } }: Network,
  { clipping }: Optimizer,
  validated: boolean,
  scoring: Scoring | undefined,
): string[] {
  const measured = loss.metrics.includes('accuracy') ? ['accuracy'] : [];
  const held = validated ? ['valLoss', ...measured.map(quantityName)] : [];
  const chosen = scoring?.metrics.map(({ name }) => quantityName(name)) ?? [];
  const norm = clipping !== undefined && clipping.option !== 'clipValue' ? ['gradientNorm'] : [];
  return [...new Set([...everyRecord, ...measured, ...held, ...chosen, ...norm])];
}

function checkMetrics(network: Network, validation: Settings['validation'], metrics: unknown): Scoring | undefined {
  if (metrics === undefined) return undefined;
  const chosen = resolveMetrics('metrics', metrics);
  if (validation !== undefined) return prepareScoring(network, validation, chosen);
  throw new OptionError(
    'ERR_OPTION_TYPE',
    `${expected('a data set', 'validation', undefined)}; metrics are taken on it`,
  );
}

/** Whether data fits a network: width, labels or targets, number of classes. */
export function checkData(network: Network, data: Dataset | ShardedDataset, name: string): void {
  checkClassNames(network, data, name);
  const { inputs, outputs } = network;
  const { loss } = network.architecture;
  // A part of a data set may have been left without any.
  const held = data instanceof ShardedDataset ? undefined : data;
  if (held?.weights?.some((weight) => weight > 0) === false) {
    throw new DataError('ERR_DATA_WEIGHT', `Expected a weight above 0 in ${name}, received 0 for every sample`);
  }
  if (data.width !== inputs) {
    throw new ShapeError(
      `Expected ${inputs} features per sample (the network's inputs) for ${name}, received ${data.width}`,
    );
  }
  if (loss.compares === 'targets') {
    if (data.targetWidth === outputs) {
      if (held?.targets !== undefined) loss.checkTargets?.(held.targets, outputs, `targets of ${name}`);
      return;
    }
    const received = data.targetWidth === 0 ? 'none' : String(data.targetWidth);
    throw new ShapeError(
      `Expected ${outputs} targets per sample (the network's outputs) for ${name}, received ${received}`,
    );
  }
  if (data instanceof ShardedDataset ? !data.labelled : data.labels === undefined) {
    throw new DataError('ERR_DATA_LABELS', `Expected labels in ${name}: the loss ${loss.name} compares with them`);
  }
  if (data.classes > outputs) {
    const message = `Expected at most ${outputs} classes (the network's outputs) in ${name}, received ${data.classes}`;
    throw new DataError('ERR_DATA_LABELS', message);
  }
}

/** Two data sets that number their classes differently would have the network mistake one for another. */
function checkClassNames({ classNames: known }: Network, { classNames }: Dataset | ShardedDataset, name: string): void {
  if (known === undefined || classNames === undefined) return;
  const differ = classNames.findIndex((text, i) => text !== known[i]);
  if (differ < 0) return;
  const message =
    `Expected the classes that the network was trained with in ${name}: class ${differ} is ` +
    `"${known[differ] ?? 'none'}" to the network and "${classNames[differ]}" in the data; give dataset() its classNames`;
  throw new DataError('ERR_DATA_CLASS', message);
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

function checkFunction<F>(name: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === 'function') return value;
  throw new OptionError('ERR_OPTION_TYPE', expected('a function', name, value));
}
