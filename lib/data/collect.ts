import { checkOptions, expected } from '../core/checks.js';
import { DataError, OptionError } from '../core/errors.js';
import type { Dataset } from './dataset.js';
import { checkIterable } from './iterable.js';
import { dataset, type DatasetOptions } from './make-dataset.js';

/** One sample, as an iterable yields it. */
export interface Sample {
  readonly features: ArrayLike<number>;
  readonly label?: number | string;
  readonly targets?: ArrayLike<number>;
  readonly weight?: number;
}

export interface CollectOptions extends Pick<
  DatasetOptions,
  'classes' | 'classNames' | 'scale' | 'imageShape' | 'name'
> {
  /** The most samples to take, after which the source is closed; default all. */
  limit?: number;
}

const optionNames = ['classes', 'classNames', 'scale', 'imageShape', 'name', 'limit'] as const;

/**
 * Collects samples from anything that yields them one after the other: a generator, a query's cursor, a Node stream of
 * objects. What is too large for memory goes to `writeShards` in parts instead.
 *
 * Features that are all Uint8Arrays stay bytes, seen by the network as value / 255; others become float32.
 *
 * @param source an iterable or async iterable of {@link Sample}
 * @param options see {@link CollectOptions}
 * @throws OptionError for what is no sample; ShapeError, DataError as `dataset`; DataError where only some have a label,
 *   targets or a weight; what the source throws
 *
 * @example
 * async function* rows() {
 *   for await (const { age, income, group } of database.query('…')) yield { features: [age, income], label: group };
 * }
 * const data = await collect(rows());
 */
export async function collect(
  source: AsyncIterable<Sample> | Iterable<Sample>,
  options?: CollectOptions,
): Promise<Dataset> {
  const { limit = Infinity, ...rest } = checkOptions<CollectOptions>('collect', options, optionNames);
  if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new OptionError('ERR_OPTION_RANGE', expected('a whole number of at least 1', 'limit', limit));
  }
  const samples: Sample[] = [];
  for await (const sample of checkIterable<Sample>('an iterable of samples', 'source', source)) {
    if (typeof sample !== 'object' || (sample as unknown) === null || !('features' in sample)) {
      const what = 'an object with features';
      throw new OptionError('ERR_OPTION_TYPE', expected(what, `sample ${samples.length}`, sample));
    }
    samples.push(sample);
    if (samples.length >= limit) break;
  }
  if (samples.length === 0)
    throw new DataError('ERR_DATA_EMPTY', 'Expected at least one sample from source, received none');
  return dataset({
    features: featuresOf(samples),
    width: samples[0].features.length,
    ...parts('labels', samples, ({ label }) => label),
    ...parts('targets', samples, ({ targets }) => targets),
    ...parts('weights', samples, ({ weight }) => weight),
    ...rest,
  });
}

/** A column of the samples, where they have it: all of them or none. */
function parts(name: string, samples: readonly Sample[], take: (sample: Sample) => unknown): object {
  const values = samples.map(take);
  const present = values[0] !== undefined;
  const odd = values.findIndex((value) => (value !== undefined) !== present);
  if (odd < 0) return present ? { [name]: values } : {};
  const message = `Expected ${name} of every sample or of none, sample 0 and sample ${odd} differ`;
  throw new DataError('ERR_DATA_MISSING', message);
}

function featuresOf(samples: readonly Sample[]): Uint8Array | readonly ArrayLike<number>[] {
  const rows = samples.map(({ features }) => features);
  const width = rows[0].length;
  if (!rows.every((row) => row instanceof Uint8Array && row.length === width)) return rows;
  const bytes = new Uint8Array(rows.length * width);
  rows.forEach((row, i) => {
    bytes.set(row, i * width);
  });
  return bytes;
}
