import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkOptions, checkString } from '../core/checks.js';
import { BlasnetError, FileError, FormatError } from '../core/errors.js';
import { dataset } from './make-dataset.js';
import type { Dataset } from './dataset.js';
import type { DatasetOptions } from './make-dataset.js';
import { checkLimits, readIdxFrom } from './idx.js';
import type { IdxArray, ReadIdxOptions } from './idx.js';
import type { ReadAt } from './gzip.js';
import { readFailure } from './read-failure.js';

const MAX_FILE_BYTES = 2 ** 30;

/**
 * Reads an IDX file, gzipped or not; see {@link readIdx}.
 *
 * @throws FileError `ERR_FILE_MISSING` or `ERR_FILE_READ`; FormatError, naming the file, where it is not an IDX file
 *
 * @example
 * const labels = await readIdxFile('data/train-labels-idx1-ubyte.gz', { dimensions: 1 });
 */
export async function readIdxFile(path: string, options?: ReadIdxOptions): Promise<IdxArray> {
  checkString('path', path);
  const limits = checkLimits('readIdxFile', options);
  const file = await openFile(path);
  const failed = (cause: unknown) => {
    throw readFailure('a file', path, cause);
  };
  try {
    const { size } = await file.stat().catch(failed);
    if (size > MAX_FILE_BYTES) throw new FormatError(`expected at most ${MAX_FILE_BYTES} bytes, found ${size}`);
    const read: ReadAt = async (into, position) => {
      const { bytesRead } = await file.read(into, 0, into.length, position).catch(failed);
      return bytesRead;
    };
    return await readIdxFrom(read, size, limits);
  } catch (cause) {
    if (cause instanceof FormatError) throw new FormatError(`${path}: ${cause.message}`, { cause });
    throw cause;
  } finally {
    await file.close();
  }
}

export interface LoadIdxPairOptions {
  /** Number of classes; default the largest label + 1. */
  classes?: number;
  /** Default: the name of the images' file. */
  name?: string;
}

/**
 * Loads images and their labels from two IDX files, gzipped or not.
 *
 * Images are `[count, rows, columns]` or `[count, features]`, bytes or float32; labels are `[count]` bytes.
 *
 * @throws FileError where a file is missing, FormatError where one is not what it should be or the two do not fit
 *
 * @example
 * const test = await loadIdxPair('data/t10k-images-idx3-ubyte.gz', 'data/t10k-labels-idx1-ubyte.gz');
 */
export async function loadIdxPair(
  imagesPath: string,
  labelsPath: string,
  options?: LoadIdxPairOptions,
): Promise<Dataset> {
  const { classes, name = basename(imagesPath) } = checkOptions<LoadIdxPairOptions>('loadIdxPair', options, [
    'classes',
    'name',
  ]);
  return dataset({ ...(await readIdxPair(imagesPath, labelsPath)), classes, name });
}

/** Images and labels as {@link dataset} takes them, with everything checked that only the files can tell. */
export async function readIdxPair(imagesPath: string, labelsPath: string): Promise<DatasetOptions> {
  const [images, labels] = await Promise.all([readIdxFile(imagesPath), readIdxFile(labelsPath, { dimensions: 1 })]);
  const [count, ...sample] = images.shape;
  if (sample.length === 0 || (images.type !== 'uint8' && images.type !== 'float32')) {
    const found = `${images.type} of shape [${images.shape.join(', ')}]`;
    throw new FormatError(`${imagesPath}: expected images of uint8 or float32, received ${found}`);
  }
  if (labels.type !== 'uint8')
    throw new FormatError(`${labelsPath}: expected labels of uint8, received ${labels.type}`);
  if (labels.shape[0] !== count) {
    throw new FormatError(`${labelsPath}: expected ${count} labels, as many as images, received ${labels.shape[0]}`);
  }
  return {
    features: images.values as Uint8Array | Float32Array,
    labels: labels.values,
    width: sample.reduce((product, size) => product * size, 1),
    imageShape: sample.length === 2 ? [sample[0], sample[1]] : undefined,
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Opening a pipe would wait for somebody to write into it.
    const info = await stat(path);
    if (!info.isFile()) throw new FileError('ERR_FILE_READ', `Expected a file at ${path}, found something else`);
    return await open(path);
  } catch (cause) {
    if (cause instanceof BlasnetError) throw cause;
    throw readFailure('a file', path, cause);
  }
}
