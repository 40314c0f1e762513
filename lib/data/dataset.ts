import { types } from 'node:util';
import { checkInteger, checkOptions, checkString, checkNumber, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { checkImageShape, readFeatures, readLabels, readTargets, readWeights } from './dataset-input.js';
import type { Matrix } from './dataset-input.js';

export interface DatasetOptions {
  /** Samples one after another in a flat array (bytes stay bytes), or one row of numbers per sample. */
  features: Uint8Array | Float32Array | readonly ArrayLike<number>[];
  /** One class per sample: whole numbers from 0 to classes - 1. */
  labels?: ArrayLike<number>;
  /** Values to predict, or soft targets: flat, or one row of numbers per sample. */
  targets?: Float32Array | readonly ArrayLike<number>[];
  /** How much each sample counts in losses: finite, at least 0, not all 0. Default: 1 for each. */
  weights?: ArrayLike<number>;
  /** Features per sample, at least 1. Default: what rows, imageShape, or the number of labels or target rows say. */
  width?: number;
  /** Number of classes, at least 1. Default: the largest label + 1. With targets alone it must be their width. */
  classes?: number;
  /** The network sees feature · scale; above 0. Default 1/255 for bytes, 1 otherwise. */
  scale?: number;
  /** [rows, columns] of an image; their product is the width. */
  imageShape?: readonly [number, number];
  /** For messages and reports. Default "dataset". */
  name?: string;
}

const optionNames = [
  'features',
  'labels',
  'targets',
  'weights',
  'width',
  'classes',
  'scale',
  'imageShape',
  'name',
] as const;
const MAX_CLASSES = 2 ** 24;

/** What a Dataset is made of once everything has been checked. */
interface DatasetParts {
  features: Uint8Array | Float32Array;
  labels: Int32Array | undefined;
  targets: Float32Array | undefined;
  weights?: Float32Array | undefined;
  length: number;
  width: number;
  targetWidth: number;
  classes: number;
  scale: number;
  imageShape: readonly [number, number] | undefined;
  name: string;
}

/**
 * Samples to train or test on: features as they came, with labels, targets, both or neither. Made by {@link dataset}.
 *
 * `features` is `[length, width]` row-major and not yet scaled, `labels` is `[length]`, `targets` is
 * `[length, targetWidth]`. The arrays are not copied where they need not be: they belong to the dataset from then on.
 */
export class Dataset {
  /** Number of samples, at least 1. */
  readonly length: number;
  /** Features per sample. */
  readonly width: number;
  readonly features: Uint8Array | Float32Array;
  readonly labels?: Int32Array;
  readonly targets?: Float32Array;
  /** `[length]`; absent where every sample counts the same. */
  readonly weights?: Float32Array;
  /** Values per sample in `targets`; 0 without targets. */
  readonly targetWidth: number;
  /** Number of classes; 0 where there are no labels and none were given. */
  readonly classes: number;
  readonly scale: number;
  readonly imageShape?: readonly [number, number];
  readonly name: string;

  /** @internal Checked parts only: use {@link dataset}. */
  constructor(parts: DatasetParts) {
    this.length = parts.length;
    this.width = parts.width;
    this.features = parts.features;
    if (parts.labels !== undefined) this.labels = parts.labels;
    if (parts.targets !== undefined) this.targets = parts.targets;
    if (parts.weights !== undefined) this.weights = parts.weights;
    this.targetWidth = parts.targetWidth;
    this.classes = parts.classes;
    this.scale = parts.scale;
    if (parts.imageShape !== undefined) this.imageShape = parts.imageShape;
    this.name = parts.name;
  }

  /**
   * The first `count` samples, sharing memory with this dataset.
   *
   * @param count 1 to length
   * @throws OptionError outside that range
   */
  take(count: number): Dataset {
    checkInteger('count', count, { min: 1, max: this.length });
    return this.slice(0, count);
  }

  /**
   * Samples `start` up to and without `end`, sharing memory with this dataset.
   *
   * @param start 0 to length - 1
   * @param end start + 1 to length, default length
   * @throws OptionError outside those ranges
   */
  slice(start: number, end: number = this.length): Dataset {
    checkInteger('start', start, { max: this.length - 1 });
    checkInteger('end', end, { min: start + 1, max: this.length });
    return this.#with(end - start, (values, width) => values.subarray(start * width, end * width) as typeof values);
  }

  /**
   * The samples at `indices`, in that order, copied. An index may stand there more than once.
   *
   * @param indices whole numbers from 0 to length - 1, at least one
   * @throws OptionError for an index outside that range, DataError where there is none
   *
   * @example
   * const evens = digits.select([0, 2, 4]);
   */
  select(indices: ArrayLike<number>): Dataset {
    const count = checkInteger('length of indices', (indices as ArrayLike<number> | null)?.length);
    if (count === 0) throw new DataError('ERR_DATA_EMPTY', 'Expected at least one index for indices, received none');
    const chosen = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      chosen[at] = checkInteger(`indices[${at}]`, indices[at], { max: this.length - 1 });
    }
    return this.#with(count, (values, width) => {
      const copy = new (values.constructor as new (length: number) => typeof values)(count * width);
      chosen.forEach((from, to) => copy.set(values.subarray(from * width, (from + 1) * width), to * width));
      return copy;
    });
  }

  /**
   * The features of one sample as the network sees them: `[width]`, scaled.
   *
   * @param index 0 to length - 1
   * @throws OptionError outside that range
   */
  sample(index: number): Float32Array {
    checkInteger('index', index, { max: this.length - 1 });
    const scaled = Float32Array.from(this.features.subarray(index * this.width, (index + 1) * this.width));
    // Rounded once more, as the engines hold the scale in float32.
    const scale = Math.fround(this.scale);
    for (let column = 0; column < scaled.length; column++) scaled[column] *= scale;
    return scaled;
  }

  #with(length: number, pick: <T extends Matrix | Int32Array>(values: T, width: number) => T): Dataset {
    return new Dataset({
      ...this,
      length,
      features: pick(this.features, this.width),
      labels: this.labels && pick(this.labels, 1),
      targets: this.targets && pick(this.targets, this.targetWidth),
      weights: this.weights && pick(this.weights, 1),
      imageShape: this.imageShape,
    });
  }
}

/** A training set and a test set, and where they come from: a folder, or "synthetic". */
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly source: string;
}

/**
 * Checks samples once, completely, and makes a {@link Dataset} of them. Nothing is done where anything is wrong.
 *
 * Flat features are kept, not copied, and belong to the dataset from then on; rows become a Float32Array. Labels become
 * an Int32Array. Memory that could still shrink under the dataset (a resizable ArrayBuffer) is copied.
 *
 * @param options see {@link DatasetOptions}
 * @throws OptionError for a wrong type, range or name of an option
 * @throws ShapeError for lengths that do not fit together
 * @throws DataError for empty or ragged data, labels out of range, weights below 0 or all 0, values that are not
 *   finite; `ERR_DATA_…` says which
 *
 * @example
 * const xor = dataset({ features: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0] });
 */
export function dataset(options: DatasetOptions): Dataset {
  return build(options, 'dataset', '');
}

/**
 * What a function that takes data accepts: a Dataset as it is, or a plain object that {@link dataset} makes one of.
 *
 * @param name of the argument, for messages
 * @throws OptionError for anything else, and all that {@link dataset} throws
 */
export function toDataset(value: unknown, name: string): Dataset {
  if (value instanceof Dataset) return value;
  if (typeof value !== 'object' || value === null || !('features' in value)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a Dataset or an object with features and labels', name, value));
  }
  return build(value as DatasetOptions, name, `${name}.`);
}

function build(options: DatasetOptions, owner: string, prefix: string): Dataset {
  if (options === undefined) throw new OptionError('ERR_OPTION_TYPE', expected('an options object', owner, options));
  // One read of every option: an object whose getter changes its answer is checked and used in the same state.
  const given = { ...checkOptions<DatasetOptions>(owner, options, optionNames) };
  const name = checkString(`${prefix}name`, given.name ?? 'dataset');
  const imageShape = checkImageShape(`${prefix}imageShape`, given.imageShape);
  if (given.width !== undefined) checkInteger(`${prefix}width`, given.width, { min: 1 });
  if (given.classes !== undefined) checkInteger(`${prefix}classes`, given.classes, { min: 1, max: MAX_CLASSES });
  if (given.scale !== undefined) checkNumber(`${prefix}scale`, given.scale, { above: 0 });

  const { features, length, width } = readFeatures(`${prefix}features`, given.features, {
    width: given.width ?? (imageShape && imageShape[0] * imageShape[1]),
    samples: given.labels?.length ?? (Array.isArray(given.targets) ? given.targets.length : undefined),
  });
  if (imageShape !== undefined && imageShape[0] * imageShape[1] !== width) {
    throw new ShapeError(`Expected imageShape to hold ${width} features, received [${imageShape.join(', ')}]`);
  }
  const labels = readLabels(`${prefix}labels`, given.labels, length, given.classes ?? MAX_CLASSES);
  const { targets, targetWidth } = readTargets(`${prefix}targets`, given.targets, length);
  const weights = readWeights(`${prefix}weights`, given.weights, length);
  let classes = given.classes ?? 0;
  if (labels !== undefined && given.classes === undefined) {
    for (const label of labels) if (label >= classes) classes = label + 1;
  }
  if (labels === undefined && targets !== undefined && classes > 0 && classes !== targetWidth) {
    throw new ShapeError(`Expected ${classes} targets per sample, one for each class, received ${targetWidth}`);
  }
  const scale = given.scale ?? (types.isUint8Array(features) ? 1 / 255 : 1);
  return new Dataset({
    features,
    labels,
    targets,
    weights,
    length,
    width,
    targetWidth,
    classes,
    scale,
    imageShape,
    name,
  });
}
