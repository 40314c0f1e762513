import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkString } from '../core/checks.js';
import { FileError, FormatError } from '../core/errors.js';
import { dataset } from './make-dataset.js';
import type { TrainAndTest } from './make-dataset.js';
import { readIdxPair } from './idx-files.js';

/** The four files of MNIST, and of the sets that took over its form, without the endings they may have. */
const stems = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

type Role = keyof typeof stems;

/** Which of the four files a folder holds, and the names of those it lacks. */
export interface Quartet {
  readonly paths: Partial<Record<Role, string>>;
  readonly missing: readonly string[];
  readonly complete: boolean;
}

/**
 * Loads a training set and a test set from a folder with four IDX files named as MNIST's are, gzipped or not
 * (`train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`).
 * Fashion-MNIST, KMNIST and others come in this form.
 *
 * @returns datasets named after the folder, with as many classes as the larger label of the two asks for
 * @throws FileError `ERR_FILE_MISSING` naming the files expected; FormatError where one is not what it should be
 *
 * @example
 * const { train, test } = await dataFrom('data/fashion-mnist');
 */
export async function dataFrom(directory: string): Promise<TrainAndTest> {
  checkString('directory', directory);
  return loadQuartet(directory, { name: basename(resolve(directory)) });
}

/** Finds the four files: gzipped before plain, and with the dot that some archives put before "idx". */
export async function findQuartet(directory: string): Promise<Quartet> {
  const paths: Partial<Record<Role, string>> = {};
  const missing: string[] = [];
  for (const [role, stem] of Object.entries(stems) as [Role, string][]) {
    const dotted = stem.replace('-idx', '.idx');
    const candidates = [`${stem}.gz`, stem, `${dotted}.gz`, dotted].map((name) => join(directory, name));
    const present = await Promise.all(candidates.map(isFile));
    const first = present.indexOf(true);
    if (first === -1) missing.push(`${stem}.gz`);
    else paths[role] = candidates[first];
  }
  return { paths, missing, complete: missing.length === 0 };
}

/** Loads the four files of a folder, all at once. */
export async function loadQuartet(
  directory: string,
  { name, classes }: { name: string; classes?: number },
): Promise<TrainAndTest> {
  const { paths, missing, complete } = await findQuartet(directory);
  if (!complete) {
    const message = `Expected ${missing.join(', ')} (with or without .gz) in ${directory}, found none of that name`;
    throw new FileError('ERR_FILE_MISSING', message);
  }
  const { trainImages, trainLabels, testImages, testLabels } = paths as Record<Role, string>;
  const [train, test] = await Promise.all([readIdxPair(trainImages, trainLabels), readIdxPair(testImages, testLabels)]);
  if (train.width !== test.width) {
    throw new FormatError(
      `${testImages}: expected ${train.width} pixels an image as in training, received ${test.width}`,
    );
  }
  const shared =
    classes ?? 1 + [train, test].reduce((most, { labels }) => Math.max(most, largest(labels as ArrayLike<number>)), 0);
  return {
    train: dataset({ ...train, classes: shared, name: `${name} train` }),
    test: dataset({ ...test, classes: shared, name: `${name} test` }),
    source: directory,
  };
}

function largest(labels: ArrayLike<number>): number {
  let most = 0;
  for (let index = 0; index < labels.length; index++) most = Math.max(most, labels[index]);
  return most;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
