import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { checkOptions, checkString, expected } from '../../core/checks.js';
import { FileError, OptionError, ShapeError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import { dataset, type Dataset, type DatasetOptions } from '../../data/index.js';
import { readNpy, type NumpyArray } from './npy.js';
import { readNpz } from './npz.js';

export interface NumpyDatasetOptions extends Pick<DatasetOptions, 'classes' | 'scale' | 'name'> {
  /** An `.npz` archive, as a path or bytes; the entries below are then names within it. */
  archive?: string | Uint8Array;
  /** Samples, `[samples, …]`: a path or the bytes of a `.npy` file, or the array's name in the archive. */
  features: string | Uint8Array;
  /** Whole numbers, `[samples]`. */
  labels?: string | Uint8Array;
  /** Numbers, `[samples]` or `[samples, columns]`. */
  targets?: string | Uint8Array;
  /** Numbers, `[samples]`. */
  weights?: string | Uint8Array;
}

const roles = ['features', 'labels', 'targets', 'weights'] as const;

/**
 * A data set from arrays that NumPy saved. Bytes stay bytes, scaled by 1/255; every other type becomes float32. Further
 * extents of the features are one row: `[60000, 28, 28]` is 60,000 samples of 784 features.
 *
 * @throws FileError when a file cannot be read, FormatError when it is none that can be read (see {@link readNpy}),
 *   ShapeError for arrays of different lengths, and all that `dataset` throws
 *
 * @example
 * const train = await numpyDataset({ features: 'x_train.npy', labels: 'y_train.npy' });
 * const test = await numpyDataset({ archive: 'data.npz', features: 'x_test', labels: 'y_test' });
 */
export async function numpyDataset(options: NumpyDatasetOptions): Promise<Dataset> {
  const known = ['archive', ...roles, 'classes', 'scale', 'name'] as const;
  const { archive, classes, scale, name, ...sources } = checkOptions<NumpyDatasetOptions>(
    'numpyDataset',
    options,
    known,
  );
  const arrays = archive === undefined ? await separate(sources) : within(await bytesOf('archive', archive), sources);
  const { features, labels, targets, weights } = arrays;
  if (features === undefined) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a path, bytes or a name', 'features', sources.features));
  }
  const [length = 1, ...rest] = features.shape;
  const width = rest.reduce((product, extent) => product * extent, 1);
  for (const [role, array] of Object.entries(arrays)) {
    const [own = 1] = array.shape;
    if (own !== length)
      throw new ShapeError(`Expected ${length} samples, as in the features, for ${role}, received ${own}`);
  }
  const { values, type } = features;
  return dataset({
    // Booleans are bytes as well, and no pixels: true is 1.
    features: type === 'u1' ? (values as Uint8Array) : Float32Array.from(values),
    width,
    labels: labels?.values,
    targets: targets && Float32Array.from(targets.values),
    weights: weights?.values,
    classes,
    scale,
    name,
    imageShape: rest.length === 2 ? [rest[0], rest[1]] : undefined,
  });
}

type Arrays = Partial<Record<(typeof roles)[number], NumpyArray>>;
type Sources = Partial<Record<(typeof roles)[number], string | Uint8Array>>;

async function separate(sources: Sources): Promise<Arrays> {
  const arrays: Arrays = {};
  for (const role of roles) {
    const source = sources[role];
    if (source !== undefined) arrays[role] = readNpy(await bytesOf(role, source));
  }
  return arrays;
}

function within(archive: Uint8Array, sources: Sources): Arrays {
  const given = roles.filter((role) => sources[role] !== undefined);
  const names = given.map((role) => checkString(role, sources[role]));
  const found = readNpz(archive, names);
  return Object.fromEntries(given.map((role, place) => [role, found.get(names[place])!]));
}

async function bytesOf(role: string, source: string | Uint8Array): Promise<Uint8Array> {
  if (types.isUint8Array(source)) return source;
  try {
    return await readFile(checkString(role, source));
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw new FileError('ERR_FILE_READ', `Cannot read ${source}: ${reasonOf(error)}`, { cause: error });
  }
}
