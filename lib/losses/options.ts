import { checkNumber, checkOptions, describe, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';

/** How far the targets of a row may be from a sum of 1: what rounding to float32 and a division by hand leave. */
const SUM_TOLERANCE = 1e-3;

/**
 * Class weights, copied: finite, at least 0, not all 0. Their number is compared with the network's outputs by
 * {@link checkClassCount}.
 */
export function checkClassWeights(name: string, value: unknown): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && 'length' in value)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of numbers, one per class', name, value));
  }
  const weights = Array.from(value as ArrayLike<number>, (weight, index) => {
    return checkNumber(`${name}[${index}]`, weight, { min: 0, max: 3.4e38 });
  });
  if (!weights.some((weight) => Math.fround(weight) > 0)) {
    const received = weights.length === 0 ? 'none' : '0 for every class';
    throw new OptionError('ERR_OPTION_RANGE', `Expected a weight above 0 for ${name}, received ${received}`);
  }
  return weights;
}

/** @throws ShapeError where there is not one class weight for each output of the network */
export function checkClassCount(classWeights: readonly number[] | undefined, outputs: number): void {
  if (classWeights === undefined || classWeights.length === outputs) return;
  throw new ShapeError(
    `Expected ${outputs} numbers, one per output of the network, for classWeights, received ${classWeights.length}`,
  );
}

export function checkSmoothing(value: unknown): number {
  return checkNumber('labelSmoothing', value ?? 0, { min: 0, below: 1 });
}

const forClassification: readonly string[] = ['labelSmoothing', 'classWeights'];

/** Options of a loss for regression: those that only make sense with classes are named as such. */
export function checkRegressionOptions<T extends object>(
  owner: string,
  options: unknown,
  known: readonly (keyof T & string)[],
): T {
  const given = options as Record<string, unknown> | null | undefined;
  const misplaced = forClassification.find((name) => given?.[name] !== undefined);
  if (misplaced === undefined) return checkOptions<T>(owner, options, known);
  const message =
    `Expected no ${misplaced} for ${owner}, a loss for regression, received ${describe(given?.[misplaced])}; ` +
    'it belongs to softmaxCrossEntropy and binaryCrossEntropy';
  throw new OptionError('ERR_OPTION_UNKNOWN', message);
}

/** @throws DataError for the first target outside [0, 1] */
export function checkShares(targets: ArrayLike<number>, width: number, name: string): void {
  for (let i = 0; i < targets.length; i++) {
    if (targets[i] >= 0 && targets[i] <= 1) continue;
    const place = `sample ${Math.floor(i / width)}, column ${i % width}`;
    throw new DataError('ERR_DATA_TARGET', `${expected('numbers from 0 to 1', name, targets[i])} in ${place}`);
  }
}

/** @throws DataError for the first sample whose targets are no probabilities: outside [0, 1], or of another sum than 1 */
export function checkProbabilities(targets: ArrayLike<number>, width: number, name: string): void {
  checkShares(targets, width, name);
  for (let start = 0; start < targets.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += targets[i];
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    const message = `Expected targets that sum to 1 (within ${SUM_TOLERANCE}) for ${name}, received a sum of ${sum}`;
    throw new DataError('ERR_DATA_TARGET', `${message} in sample ${start / width}`);
  }
}
