import { checkChoice, checkOptions } from '../core/checks.js';
import { ShapeError } from '../core/errors.js';
import { Dataset } from './dataset.js';
import { checkIsDataset } from './split.js';

export interface NormalizeOptions {
  /**
   * `feature` (default): each feature, that is each pixel of an image, has a mean and a deviation of its own. `all`: one
   * mean and one deviation for all of them, which keeps an image an image.
   */
  per?: 'feature' | 'all';
}

/** What was learned of a training set, ready for others. */
export interface Normalizer {
  /** `[width]`, of features as the network sees them. */
  readonly mean: Float64Array;
  /** `[width]`; 1 for what does not vary. */
  readonly deviation: Float64Array;
  /**
   * Another data set in the same measure, copied to float32.
   *
   * @throws ShapeError for another width
   */
  apply(data: Dataset): Dataset;
}

/**
 * Learns mean and deviation from a training set, to be applied to it and to all others: statistics of a test set must not
 * reach the training.
 *
 *     normalized = (feature - mean) / deviation    deviation² = Σ(feature - mean)² / n
 *
 * @param train the training part alone
 * @param options see {@link NormalizeOptions}
 * @throws OptionError
 *
 * @example
 * const { train, test } = split(data, { train: 0.7, test: 0.3 });
 * const normalizer = normalize(train);
 * await network.fit(normalizer.apply(train), { validation: normalizer.apply(test) });
 *
 * The layer `inputNormalization` does the same within the network, is saved with it, and leaves bytes bytes: prefer it for
 * a model that is to be used elsewhere. As scikit-learn's StandardScaler.
 */
export function normalize(train: Dataset, options?: NormalizeOptions): Normalizer {
  checkIsDataset('train', train);
  const { per = 'feature' } = checkOptions<NormalizeOptions>('normalize', options, ['per']);
  checkChoice('per', per, ['feature', 'all']);
  const { features, width, length, scale } = train;
  const groups = per === 'feature' ? width : 1;
  const samples = per === 'feature' ? length : length * width;
  const mean = new Float64Array(groups);
  const square = new Float64Array(groups);
  const [least, most] = [new Float64Array(groups).fill(Infinity), new Float64Array(groups).fill(-Infinity)];
  features.forEach((value: number, i: number) => {
    const group = i % groups;
    mean[group] += value / samples;
    if (value < least[group]) least[group] = value;
    if (value > most[group]) most[group] = value;
  });
  // Around the mean: subtracting squares of large means would lose the digits that matter.
  features.forEach((value: number, i: number) => {
    square[i % groups] += (value - mean[i % groups]) ** 2 / samples;
  });
  const factor = Math.fround(scale);
  const spread = square.map((sum, i) => {
    // Told by its values: rounding of the mean can leave a constant feature a tiny deviation.
    const deviation = least[i] === most[i] ? 0 : Math.sqrt(sum) * factor;
    return Math.fround(deviation) > 0 ? deviation : 1;
  });
  const centre = mean.map((value, i) => (least[i] === most[i] ? least[i] : value) * factor);
  const learned = {
    mean: Float64Array.from({ length: width }, (_, i) => centre[i % groups]),
    deviation: Float64Array.from({ length: width }, (_, i) => spread[i % groups]),
  };
  return { ...learned, apply: (data) => applied(data, learned.mean, learned.deviation) };
}

function applied(data: Dataset, mean: Float64Array, deviation: Float64Array): Dataset {
  checkIsDataset('data', data);
  if (data.width !== mean.length) {
    throw new ShapeError(
      `Expected ${mean.length} features per sample, as in training, for data, received ${data.width}`,
    );
  }
  const { width, features } = data;
  const factor = Math.fround(data.scale);
  const normalized = new Float32Array(features.length);
  for (let i = 0; i < features.length; i++) {
    normalized[i] = (features[i] * factor - mean[i % width]) / deviation[i % width];
  }
  return new Dataset({
    ...data,
    features: normalized,
    scale: 1,
    imageShape: data.imageShape,
    labels: data.labels,
    targets: data.targets,
  });
}
