import { types } from 'node:util';
import { checkInteger, checkNumber, checkOptions, checkString, expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import { encodeLabels, readClassNames } from './class-names.js';
import { checkImageShape, readFeatures, readLabels, readTargets, readWeights } from './dataset-input.js';
import { Dataset } from './dataset.js';
import { ShardedDataset } from './shards.js';

export interface DatasetOptions {
  /** Samples one after another in a flat array (bytes stay bytes), or one row of numbers per sample. */
  features: Uint8Array | Float32Array | readonly ArrayLike<number>[];
  /** One class per sample: whole numbers from 0 to classes - 1, or names of classes. */
  labels?: ArrayLike<number> | readonly string[];
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
  /** Names of the classes, all different. Default, for labels in text: those that occur, sorted. Saved with a trained model. */
  classNames?: readonly string[];
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
  'classNames',
  'name',
] as const;
const MAX_CLASSES = 2 ** 24;

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
  if (value instanceof ShardedDataset) {
    const message = expected('a Dataset in memory', name, value);
    throw new OptionError('ERR_OPTION_TYPE', `${message}; await data.read(first, count) makes one of shards`);
  }
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
  const classNames = readClassNames(`${prefix}classNames`, given.classNames, given.labels);
  const numbers = encodeLabels(`${prefix}labels`, given.labels, classNames);
  const most = given.classes ?? classNames?.length ?? MAX_CLASSES;
  const labels = readLabels(`${prefix}labels`, numbers, length, most);
  const { targets, targetWidth } = readTargets(`${prefix}targets`, given.targets, length);
  const weights = readWeights(`${prefix}weights`, given.weights, length);
  let classes = given.classes ?? classNames?.length ?? 0;
  if (labels !== undefined && classes === 0) {
    for (const label of labels) if (label >= classes) classes = label + 1;
  }
  if (labels === undefined && targets !== undefined && classes > 0 && classes !== targetWidth) {
    throw new ShapeError(`Expected ${classes} targets per sample, one for each class, received ${targetWidth}`);
  }
  if (classNames !== undefined && classNames.length !== classes) {
    throw new ShapeError(
      `Expected ${classes} names, one for each class, for ${prefix}classNames, received ${classNames.length}`,
    );
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
    classNames,
    name,
  });
}
