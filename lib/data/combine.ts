import { checkChoice, checkInteger, checkOptions } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { RandomStream, drawSeed, streams } from '../core/random.js';
import type { Matrix } from './dataset-input.js';
import { Dataset } from './dataset.js';
import { checkIsDataset } from './split.js';

/**
 * Several data sets as one, in order, copied. Bytes of one scale stay bytes; anything else becomes scaled float32.
 *
 * @param sets at least one, of equal width, and with labels, targets and class names alike; where some have weights, the
 *   others' are 1
 * @throws OptionError, ShapeError, DataError for sets that do not go together
 *
 * @example
 * const all = concat(train, extra);
 */
export function concat(...sets: readonly Dataset[]): Dataset {
  if (sets.length === 0)
    throw new OptionError('ERR_OPTION_TYPE', 'Expected at least one Dataset for concat, received none');
  sets.forEach((set, i) => {
    checkIsDataset(`sets[${i}]`, set);
  });
  const [first] = sets;
  sets.forEach((set, i) => {
    checkAlike(first, set, i);
  });
  const bytes = sets.every(({ features, scale }) => features instanceof Uint8Array && scale === first.scale);
  const weighted = sets.some(({ weights }) => weights !== undefined);
  const length = sets.reduce((sum, set) => sum + set.length, 0);
  const joined = <T extends Matrix | Int32Array>(target: T, parts: readonly ArrayLike<number>[]): T => {
    let at = 0;
    for (const part of parts) {
      target.set(part, at);
      at += part.length;
    }
    return target;
  };
  const size = length * first.width;
  return new Dataset({
    ...first,
    features: bytes
      ? joined(
          new Uint8Array(size),
          sets.map(({ features }) => features),
        )
      : joined(new Float32Array(size), sets.map(scaled)),
    labels:
      first.labels &&
      joined(
        new Int32Array(length),
        sets.map(({ labels }) => labels as Int32Array),
      ),
    targets:
      first.targets &&
      joined(
        new Float32Array(length * first.targetWidth),
        sets.map(({ targets }) => targets as Float32Array),
      ),
    weights: weighted
      ? joined(
          new Float32Array(length),
          sets.map((set) => set.weights ?? new Float32Array(set.length).fill(1)),
        )
      : undefined,
    length,
    classes: Math.max(...sets.map(({ classes }) => classes)),
    scale: bytes ? first.scale : 1,
    imageShape: first.imageShape,
    classNames: first.classNames,
  });
}

function checkAlike(first: Dataset, set: Dataset, i: number): void {
  if (set.width !== first.width) {
    throw new ShapeError(
      `Expected ${first.width} features per sample, as in sets[0], for sets[${i}], received ${set.width}`,
    );
  }
  if ((set.labels === undefined) !== (first.labels === undefined)) {
    throw new DataError('ERR_DATA_LABELS', `Expected labels in all sets or in none, sets[0] and sets[${i}] differ`);
  }
  if (set.targetWidth !== first.targetWidth) {
    throw new ShapeError(
      `Expected ${first.targetWidth} targets per sample, as in sets[0], for sets[${i}], received ${set.targetWidth}`,
    );
  }
  if (set.classNames?.join('\n') !== first.classNames?.join('\n')) {
    throw new DataError('ERR_DATA_CLASS', `Expected the class names of sets[0] for sets[${i}], received others`);
  }
}

/** Features as the network sees them. */
export function scaled({ features, scale }: Dataset): Float32Array {
  const factor = Math.fround(scale);
  return features instanceof Float32Array && scale === 1
    ? features
    : Float32Array.from(features, (value) => value * factor);
}

export interface BalanceOptions {
  /** `repeat` samples of the smaller classes (default), or `drop` some of the larger ones. */
  by?: 'repeat' | 'drop';
  /** Which samples, and the order of the result; without it one is drawn. */
  seed?: number;
}

/**
 * As many samples of every class: those of smaller classes stand there more than once, or those of larger ones are left
 * out. The result is shuffled. To balance a training set only: a test set should be as the world is.
 *
 * @param data with labels, at least one of every class
 * @param options see {@link BalanceOptions}
 * @throws OptionError; DataError without labels or for a class without samples
 *
 * @example
 * const even = balance(train, { by: 'repeat', seed: 1 });
 *
 * `classWeights` of a loss weigh classes without repeating anything.
 */
export function balance(data: Dataset, options?: BalanceOptions): Dataset {
  checkIsDataset('data', data);
  const { by = 'repeat', seed = drawSeed() } = checkOptions<BalanceOptions>('balance', options, ['by', 'seed']);
  checkChoice('by', by, ['repeat', 'drop']);
  checkInteger('seed', seed);
  const { labels } = data;
  if (labels === undefined) throw new DataError('ERR_DATA_LABELS', 'Expected labels in the data to balance');
  const members = Array.from({ length: data.classes }, (): number[] => []);
  labels.forEach((label, i) => members[label].push(i));
  const none = members.findIndex((samples) => samples.length === 0);
  if (none >= 0) {
    const name = data.classNames?.[none] ?? String(none);
    throw new DataError('ERR_DATA_CLASS', `Expected samples of every class to balance, class ${name} has none`);
  }
  const sizes = members.map((samples) => samples.length);
  const size = by === 'repeat' ? Math.max(...sizes) : Math.min(...sizes);
  const chosen = members.flatMap((samples, label) => {
    const random = new RandomStream(seed, streams.data + 0x200, label);
    const picked = random.shuffle([...samples]);
    // Whole rounds first, so that no sample stands there twice more often than another.
    return Array.from({ length: size }, (_, i) => picked[i % picked.length]);
  });
  return data.select(new RandomStream(seed, streams.data + 0x201).shuffle(chosen));
}
