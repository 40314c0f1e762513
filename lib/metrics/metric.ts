import { OptionError } from '../core/errors.js';
import { largestAt } from '../core/numbers.js';

/** What a pass over data hands to metrics. */
export interface Pass {
  /** Numbers that the network predicts per sample. */
  readonly columns: number;
  /** What they are: scores of classes, yes or no in every column, or values. */
  readonly task: 'classes' | 'decisions' | 'values';
  /** Whether predictions are probabilities, rather than scores of any size. */
  readonly probabilities: boolean;
  readonly labels: boolean;
  readonly targets: boolean;
}

/** Some samples of a pass in a row. */
export interface Batch {
  readonly rows: number;
  /** `[rows, columns]` */
  readonly predictions: ArrayLike<number>;
  /** `[rows]` */
  readonly labels?: ArrayLike<number> | undefined;
  /** `[rows, columns]` */
  readonly targets?: ArrayLike<number> | undefined;
}

/** Takes a pass batch by batch. The result is that of all samples at once, however they were cut. */
export interface Accumulator<Value = unknown> {
  add(batch: Batch): void;
  result(): Value;
}

/** A number, or several, that says how good predictions are. Samples count alike: weights belong to losses. */
export interface Metric<Value = unknown> {
  /** The key of its result. */
  readonly name: string;
  /** @throws OptionError where it makes no sense for what the network predicts */
  start(pass: Pass): Accumulator<Value>;
}

/** A number for each class, and their plain mean. Classes without samples or predictions count, with 0. */
export interface PerClass {
  readonly perClass: readonly number[];
  readonly macro: number;
}

/** Results by the names of the metrics that were asked for. */
export interface MetricValues {
  readonly accuracy?: number;
  /** Counts by `[true class][predicted class]`. */
  readonly confusionMatrix?: readonly (readonly number[])[];
  readonly precision?: PerClass;
  readonly recall?: PerClass;
  readonly f1?: PerClass;
  readonly auc?: number;
  readonly meanSquaredError?: number;
  readonly meanAbsoluteError?: number;
  readonly r2?: number;
  /** Of {@link topK}. */
  readonly [topK: `top${number}Accuracy`]: number | undefined;
  readonly [name: string]: unknown;
}

/** How one class of several, or of two, is read from a pass. */
export interface ClassReader {
  readonly classes: number;
  readonly truth: (batch: Batch, row: number) => number;
  readonly predicted: (batch: Batch, row: number) => number;
}

/** Yes from one half on. */
export const isYes = (share: number): number => (share >= 0.5 ? 1 : 0);

export function unfit(name: string, why: string): OptionError {
  return new OptionError('ERR_OPTION_CHOICE', `The metric ${name} ${why}`);
}

/**
 * Classes of a pass: the largest score against the label (or the largest target), or one decision of two classes.
 *
 * @throws OptionError where there are none
 */
export function readClasses(name: string, { columns, task, labels, targets }: Pass): ClassReader {
  if (task === 'decisions' && columns === 1 && (labels || targets)) {
    return {
      classes: 2,
      truth: (batch, row) => batch.labels?.[row] ?? isYes(batch.targets![row]),
      predicted: (batch, row) => isYes(batch.predictions[row]),
    };
  }
  if (task === 'decisions') throw unfit(name, `needs one class per sample, and the network decides on ${columns}`);
  if (task === 'values' && columns === 1) throw unfit(name, 'needs classes, and the network predicts one value');
  if (!labels && !targets) throw unfit(name, 'needs labels or targets, and the data has none that fit');
  return {
    classes: columns,
    truth: (batch, row) => batch.labels?.[row] ?? largestAt(batch.targets!, row * columns, columns),
    predicted: (batch, row) => largestAt(batch.predictions, row * columns, columns),
  };
}
