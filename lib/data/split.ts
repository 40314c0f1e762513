import { checkBoolean, checkInteger, checkOptions, expected } from '../core/checks.js';
import { DataError, OptionError } from '../core/errors.js';
import { RandomStream, drawSeed, streams } from '../core/random.js';
import { Dataset } from './dataset.js';

export interface SplitOptions {
  /** Whole number from 0; without it one is drawn. Note it down where a split is to be repeated. */
  seed?: number;
  /** Shuffle first; default true. Without it the parts follow one another in the order of the data. */
  shuffle?: boolean;
  /** Give every class the same share in each part; needs labels; default false. */
  stratified?: boolean;
}

/** A share above 0 and below 1, or a number of samples. */
export type Parts = Readonly<Record<string, number>>;

const optionNames = ['seed', 'shuffle', 'stratified'] as const;
/** Streams of `data` that synthetic digits do not use. */
const SPLIT_STREAM = streams.data + 0x100;

/**
 * Splits data at random into parts that have no sample in common: to train on, to develop with, to test once.
 *
 * @param data a Dataset
 * @param parts names and sizes: all shares (0.6, 0.2, 0.2; together at most 1), or all numbers of samples. Sizes by shares
 *   are rounded so that they add up
 * @param options see {@link SplitOptions}
 * @returns a Dataset, copied, for each name
 * @throws OptionError; DataError where a part would be empty, or with `stratified` where a class is missing in the data or
 *   in a part
 *
 * @example
 * const { train, test } = split(data, { train: 0.7, test: 0.3 }, { seed: 1 });
 * const { train, development, test } = split(data, { train: 0.98, development: 0.01, test: 0.01 }, { stratified: true });
 *
 * As scikit-learn's train_test_split, into any number of parts at once.
 */
export function split<P extends Parts>(
  data: Dataset,
  parts: P,
  options?: SplitOptions,
): { [Name in keyof P]: Dataset } {
  checkIsDataset('data', data);
  const given = checkSplitOptions('split', options);
  const names = Object.keys(parts);
  const sizes = sizesOf(parts, data.length);
  const members = assign(data, sizes, names, given);
  return Object.fromEntries(names.map((name, part) => [name, data.select(members[part])])) as {
    [Name in keyof P]: Dataset;
  };
}

/** One division of k-fold cross-validation. */
export interface Fold {
  /** From 1. */
  readonly fold: number;
  readonly train: Dataset;
  readonly validation: Dataset;
}

/**
 * K-fold cross-validation: every sample is in the validation part of exactly one fold. Folds are made one at a time, as
 * they are asked for, so that one copy of the data is in memory and not k of them.
 *
 * @param data a Dataset
 * @param folds 2 to the number of samples; default 5
 * @param options see {@link SplitOptions}
 * @throws OptionError, DataError as {@link split}, at once
 *
 * @example
 * for (const { fold, train, validation } of kFold(data, 5, { seed: 1, stratified: true })) {
 *   const network = new Network({ inputs: data.width, layers: [dense(10)], seed: fold });
 *   await network.fit(train, { validation });
 * }
 */
export function kFold(data: Dataset, folds = 5, options?: SplitOptions): Iterable<Fold> {
  checkIsDataset('data', data);
  checkInteger('folds', folds, { min: 2, max: data.length });
  const given = checkSplitOptions('kFold', options);
  const names = Array.from({ length: folds }, (_, i) => `fold ${i + 1}`);
  const members = assign(data, evenly(data.length, Array<number>(folds).fill(1 / folds)), names, given);
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < folds; i++) {
        const others = members.flatMap((part, other) => (other === i ? [] : Array.from(part)));
        yield { fold: i + 1, train: data.select(others), validation: data.select(members[i]) };
      }
    },
  };
}

export function checkIsDataset(name: string, value: unknown): asserts value is Dataset {
  if (value instanceof Dataset) return;
  throw new OptionError('ERR_OPTION_TYPE', expected('a Dataset', name, value));
}

function checkSplitOptions(owner: string, options: SplitOptions | undefined): Required<SplitOptions> {
  const given = checkOptions<SplitOptions>(owner, options, optionNames);
  return {
    seed: given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed),
    shuffle: checkBoolean('shuffle', given.shuffle ?? true),
    stratified: checkBoolean('stratified', given.stratified ?? false),
  };
}

function sizesOf(parts: unknown, length: number): number[] {
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts) || Object.keys(parts).length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an object such as { train: 0.7, test: 0.3 }', 'parts', parts));
  }
  const entries = Object.entries(parts) as [string, unknown][];
  for (const [name, size] of entries) {
    const fits = typeof size === 'number' && size > 0 && (size < 1 || Number.isSafeInteger(size));
    const what = 'a share above 0 and below 1, or a whole number of samples,';
    if (!fits) throw new OptionError('ERR_OPTION_RANGE', expected(what, `parts.${name}`, size));
  }
  const sizes = entries.map(([, size]) => size as number);
  const shares = sizes[0] < 1;
  if (sizes.some((size) => size < 1 !== shares)) {
    throw new OptionError('ERR_OPTION_RANGE', `Expected either shares or numbers for parts, received both`);
  }
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sum > (shares ? 1 + 1e-9 : length)) {
    const most = shares ? '1' : `${length} (the number of samples)`;
    throw new OptionError('ERR_OPTION_RANGE', `Expected parts of together at most ${most}, received ${sum}`);
  }
  const counts = shares ? evenly(length, sizes) : sizes;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    const message = `Expected at least one sample in the part ${entries[empty][0]}, received none of ${length}`;
    throw new DataError('ERR_DATA_EMPTY', message);
  }
  return counts;
}

/** Whole numbers in proportion to shares, that add up to all of them: what rounding leaves goes to the largest rests. */
function evenly(length: number, shares: readonly number[]): number[] {
  const exact = shares.map((share) => share * length);
  const counts = exact.map((size) => Math.floor(size + 1e-9));
  const sum = shares.reduce((total, share) => total + share, 0);
  let left = Math.round(Math.min(1, sum) * length) - counts.reduce((total, count) => total + count, 0);
  const byRest = exact.map((size, i) => ({ i, rest: size - counts[i] })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRest) if (left-- > 0) counts[i]++;
  return counts;
}

/** Which samples go to which part. */
function assign(
  data: Dataset,
  sizes: readonly number[],
  names: readonly string[],
  { seed, shuffle, stratified }: Required<SplitOptions>,
): Uint32Array[] {
  const order = shuffle
    ? new RandomStream(seed, SPLIT_STREAM).permutation(data.length)
    : Uint32Array.from({ length: data.length }, (_, i) => i);
  const members = stratified ? dealByClass(data, order, sizes) : cut(order, sizes);
  if (stratified) {
    checkEveryClass(data, members, names);
    members.forEach((part, i) => {
      if (shuffle) new RandomStream(seed, SPLIT_STREAM + 1 + i).shuffle(part);
      else part.sort();
    });
  }
  return members;
}

function cut(order: Uint32Array, sizes: readonly number[]): Uint32Array[] {
  let start = 0;
  return sizes.map((size) => order.slice(start, (start += size)));
}

/**
 * Deals the samples, class after class, each to the part that is furthest behind its share: sizes come out exactly, and a
 * class's share in a part within a sample or two.
 */
function dealByClass(data: Dataset, order: Uint32Array, sizes: readonly number[]): Uint32Array[] {
  const { labels, length } = data;
  if (labels === undefined) throw new DataError('ERR_DATA_LABELS', 'Expected labels in the data of a stratified split');
  const byClass = order.slice();
  // Sorting is stable: within a class the shuffled order stays.
  byClass.sort((a, b) => labels[a] - labels[b]);
  const used = sizes.reduce((sum, size) => sum + size, 0);
  // What is in no part is a part as well, and thrown away.
  const all = used < length ? [...sizes, length - used] : [...sizes];
  const members = all.map((size) => new Uint32Array(size));
  const filled = all.map(() => 0);
  byClass.forEach((sample, place) => {
    let next = -1;
    let furthest = -Infinity;
    all.forEach((size, part) => {
      const behind = (size * (place + 1)) / length - filled[part];
      if (filled[part] < size && behind > furthest) [next, furthest] = [part, behind];
    });
    members[next][filled[next]++] = sample;
  });
  return members.slice(0, sizes.length);
}

function checkEveryClass(data: Dataset, members: readonly Uint32Array[], names: readonly string[]): void {
  const labels = data.labels as Int32Array;
  const countOf = (samples: Iterable<number>) => {
    const counts = new Uint32Array(data.classes);
    for (const sample of samples) counts[labels[sample]]++;
    return counts;
  };
  const whole = countOf(Uint32Array.from({ length: data.length }, (_, i) => i));
  const nameOf = (label: number) => data.classNames?.[label] ?? String(label);
  const none = whole.indexOf(0);
  if (none >= 0) {
    throw new DataError(
      'ERR_DATA_CLASS',
      `Expected samples of every class for a stratified split, class ${nameOf(none)} has none`,
    );
  }
  members.forEach((part, i) => {
    const missing = countOf(part).indexOf(0);
    if (missing < 0) return;
    const message =
      `Expected at least one sample of class ${nameOf(missing)} in ${names[i]} for a stratified split, received none: ` +
      `the class has ${whole[missing]} of ${data.length} samples, and the part ${part.length}`;
    throw new DataError('ERR_DATA_CLASS', message);
  });
}
