import type { Augmentation } from '../augmentation/index.js';
import type { Dataset, DatasetOptions, ShardedDataset } from '../data/index.js';
import type { MetricLike } from '../metrics/index.js';
import type { OptimizerLike, Schedule } from '../optimizers/index.js';
import type { Callback } from './callbacks/callback.js';
import type { Progress } from './progress.js';

/** A data set, or a plain object to make one of. */
export type Data = Dataset | DatasetOptions;

/** What a fit trains on: data in memory, or shards of data that never are. */
export type TrainingData = Data | ShardedDataset;

export interface FitOptions {
  /** Passes over the data, at least 1; default 5. */
  epochs?: number;
  /** Samples in one step, 1 to the number of samples; default 128, or all where there are fewer. */
  batchSize?: number;
  /** Default `adam`. */
  optimizer?: OptimizerLike;
  /** Learning rate for an optimizer given by name: a number above 0, or a schedule. */
  learningRate?: number | Schedule;
  /** Evaluated after every epoch; shards are read a part at a time. */
  validation?: TrainingData;
  /** Measured on the validation data after every epoch: names, or metrics such as `topK(3)`; default none. */
  metrics?: readonly MetricLike[];
  /** Makes another image of every sample in every step, such as `[rotation(15), elasticDistortion()]`; default none. */
  augmentation?: readonly Augmentation[];
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
  /** What watches the fit and acts on it, such as `earlyStopping()`; called in this order. */
  callbacks?: readonly Callback[];
  /** What to do while another fit of the network is under way or waits: wait for one's turn, or fail; default `wait`. */
  whenBusy?: 'wait' | 'fail';
  /**
   * Goes on from a checkpoint, in the middle of an epoch where it was made there: a folder of the `checkpoint` callback, or
   * one of its files. Where the folder has no checkpoint yet, the fit begins anew.
   */
  resume?: string;
  /**
   * Go on from a checkpoint that was made with other data of the same size; default false: it is an error, as far as it can
   * be told from some of the samples.
   */
  allowOtherData?: boolean;
}

export const optionNames = [
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'validation',
  'metrics',
  'augmentation',
  'shuffle',
  'partialBatch',
  'seed',
  'signal',
  'onProgress',
  'callbacks',
  'whenBusy',
  'resume',
  'allowOtherData',
] as const;

/** The optimizer belongs to the trainer, the rest to one fit. */
export const fitOptionNames = optionNames.filter((name) => name !== 'optimizer' && name !== 'learningRate');
