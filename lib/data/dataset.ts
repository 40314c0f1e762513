import { checkInteger, expected } from '../core/checks.js';
import { DataError, OptionError } from '../core/errors.js';
import type { Matrix } from './dataset-input.js';

/** What a Dataset is made of once everything has been checked. */
export interface DatasetParts {
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
  classNames?: readonly string[] | undefined;
  name: string;
}

/**
 * Samples to train or test on: features as they came, with labels, targets, both or neither. Made by `dataset`.
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
  /** Names of the classes, where labels came as text: class i is `classNames[i]`. */
  readonly classNames?: readonly string[];
  readonly name: string;

  /** @internal Checked parts only: use `dataset`. */
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
    if (parts.classNames !== undefined) this.classNames = parts.classNames;
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
      const index = indices[at];
      if (!(index >= 0 && index < this.length && Number.isInteger(index))) {
        checkInteger(`indices[${at}]`, index, { max: this.length - 1 });
      }
      chosen[at] = index;
    }
    return this.#with(count, (values, width) => {
      const copy = new (values.constructor as new (length: number) => typeof values)(count * width);
      chosen.forEach((from, to) => copy.set(values.subarray(from * width, (from + 1) * width), to * width));
      return copy;
    });
  }

  /**
   * The samples that `keep` says yes to, copied, in their order.
   *
   * @param keep is asked for every sample, by its place and its label (undefined without labels)
   * @throws OptionError for what is no function, DataError where none is kept
   *
   * @example
   * const evenDigits = train.filter((index, label) => label % 2 === 0);
   */
  filter(keep: (index: number, label: number) => boolean): Dataset {
    if (typeof keep !== 'function') throw new OptionError('ERR_OPTION_TYPE', expected('a function', 'keep', keep));
    const kept: number[] = [];
    for (let index = 0; index < this.length; index++) {
      if (keep(index, this.labels?.[index] as number)) kept.push(index);
    }
    if (kept.length === 0)
      throw new DataError('ERR_DATA_EMPTY', 'Expected filter to keep at least one sample, kept none');
    return this.select(kept);
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
      classNames: this.classNames,
    });
  }
}
