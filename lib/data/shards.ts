import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkInteger, checkOptions, checkString, expected } from '../core/checks.js';
import { DataError, FileError, FormatError, OptionError } from '../core/errors.js';
import { Dataset } from './dataset.js';
import { readFailure } from './read-failure.js';
import { decodeHeader, recordBytes, SHARD_HEADER_BYTES, type ShardLayout } from './shard-format.js';
import { ShardPlan, type PassOptions } from './shard-plan.js';
import { readRecords } from './shard-records.js';

export interface ShardsOptions {
  /**
   * Samples that are in memory and shuffled together, at least 1; default as many as 32 MB hold. While the network trains
   * on them the engine reads the next ones, so that twice as many are in memory.
   */
  window?: number;
  /** Names of the classes, which shards do not hold. */
  classNames?: readonly string[];
  /** For messages and reports. Default the folder's name, or "shards". */
  name?: string;
}

const DEFAULT_WINDOW_BYTES = 32 * 2 ** 20;
/** Neighbours that are read in one go: enough for a disk to be quick. */
const BLOCK_BYTES = 2 ** 18;
const ENDING = '.shard';

/**
 * Samples in files far larger than memory. Made by {@link shards}; `fit` trains on it as on a {@link Dataset}, reading ahead
 * on a thread of the engine.
 */
export class ShardedDataset {
  /** Number of samples in all shards. */
  readonly length: number;
  readonly width: number;
  readonly targetWidth: number;
  readonly classes: number;
  readonly scale: number;
  readonly imageShape?: readonly [number, number];
  readonly classNames?: readonly string[];
  readonly name: string;
  /** Whether samples have labels. */
  readonly labelled: boolean;
  /** Features are bytes, else float32. */
  readonly bytes: boolean;
  /** Samples in memory together. */
  readonly window: number;
  readonly paths: readonly string[];
  /** Samples of each shard. */
  readonly lengths: readonly number[];

  /** @internal Use {@link shards}. */
  constructor(
    files: readonly { path: string; length: number }[],
    layout: ShardLayout,
    options: { window: number; name: string; classNames: readonly string[] | undefined },
  ) {
    this.paths = files.map(({ path }) => path);
    this.lengths = files.map(({ length }) => length);
    this.length = this.lengths.reduce((sum, length) => sum + length, 0);
    this.width = layout.width;
    this.targetWidth = layout.targetWidth;
    this.classes = layout.classes;
    this.scale = layout.scale;
    this.bytes = layout.bytes;
    this.labelled = layout.labelled;
    if (layout.imageShape !== undefined) this.imageShape = layout.imageShape;
    if (options.classNames !== undefined) this.classNames = options.classNames;
    this.name = options.name;
    this.window = options.window;
  }

  /** The order of one epoch. @internal */
  plan(pass: PassOptions): ShardPlan {
    const { lengths, window } = this;
    return new ShardPlan({ ...pass, lengths, window, block: Math.max(1, Math.floor(BLOCK_BYTES / this.#recordBytes)) });
  }

  /**
   * Samples `first` up to `first + count` in the order of the files, read into memory: to look at, to validate with, to
   * learn statistics from.
   *
   * @param first 0 to length - 1
   * @param count 1 to length - first
   * @throws OptionError; FileError, FormatError where a shard cannot be read
   *
   * @example
   * const digits = await shards('data/digits');
   * const some = await digits.read(0, 1000);
   */
  async read(first: number, count: number): Promise<Dataset> {
    checkInteger('first', first, { max: this.length - 1 });
    checkInteger('count', count, { min: 1, max: this.length - first });
    const ranges: number[] = [];
    let start = 0;
    this.lengths.forEach((length, shard) => {
      const [from, to] = [Math.max(0, first - start), Math.min(length, first + count - start)];
      if (from < to) ranges.push(shard, from, to - from);
      start += length;
    });
    return this.#read(ranges);
  }

  /**
   * The samples at `indices`, in that order, read into memory: each shard is opened once.
   *
   * @param indices whole numbers from 0 to length - 1, at least one
   * @throws OptionError; FileError, FormatError where a shard cannot be read
   *
   * @example
   * const digits = await shards('data/digits');
   * const some = await digits.select([0, 5000, 17]);
   */
  async select(indices: ArrayLike<number>): Promise<Dataset> {
    const count = checkInteger('length of indices', (indices as ArrayLike<number> | null)?.length, { min: 1 });
    const places = Array.from({ length: count }, (_, i) => {
      return checkInteger(`indices[${i}]`, indices[i], { max: this.length - 1 });
    });
    const sorted = Float64Array.from(places).sort();
    const ranges: number[] = [];
    let [shard, start] = [0, 0];
    for (const place of sorted) {
      while (place >= start + this.lengths[shard]) start += this.lengths[shard++];
      ranges.push(shard, place - start, 1);
    }
    const read = await this.#read(ranges);
    const at = new Map(Array.from(sorted, (place, i) => [place, i]));
    return places.every((place, i) => place === sorted[i]) ? read : read.select(places.map((place) => at.get(place)!));
  }

  async #read(ranges: readonly number[]): Promise<Dataset> {
    const { imageShape, classNames, classes, name } = this;
    return new Dataset({ ...(await readRecords(this, ranges)), imageShape, classNames, classes, name });
  }

  get #recordBytes(): number {
    const { width, bytes, labelled, targetWidth } = this;
    return recordBytes({ width, bytes, labelled, targetWidth });
  }
}

/**
 * Opens shards that {@link writeShards} wrote, and checks every one of them before any training: its header, and that the
 * file is as long as the header says.
 *
 * @param source a folder, of which all files ending in `.shard` are taken, sorted by name; or paths of files
 * @param options see {@link ShardsOptions}
 * @throws FileError where there are none or one cannot be read; FormatError for one that is truncated, foreign, or unlike
 *   the first; OptionError
 *
 * @example
 * const train = await shards('data/digits', { window: 100_000 });
 * await network.fit(train, { epochs: 3, validation: test });
 */
export async function shards(source: string | readonly string[], options?: ShardsOptions): Promise<ShardedDataset> {
  const given = checkOptions<ShardsOptions>('shards', options, ['window', 'classNames', 'name']);
  if (given.window !== undefined) checkInteger('window', given.window, { min: 1, max: 2 ** 32 - 1 });
  if (given.name !== undefined) checkString('name', given.name);
  const paths = typeof source === 'string' ? await pathsIn(checkString('source', source)) : checkPaths(source);
  const files: { path: string; length: number; layout: ShardLayout }[] = [];
  for (const path of paths) files.push({ path, ...(await readHeader(path)) });
  const [first] = files;
  for (const { path, layout } of files) {
    if (JSON.stringify(layout) === JSON.stringify(first.layout)) continue;
    throw new FormatError(
      `${path} does not go together with ${first.path}: its width, classes or kind of values differ`,
    );
  }
  const { classNames } = given;
  if (classNames !== undefined && (!Array.isArray(classNames) || classNames.length !== first.layout.classes)) {
    const what = `${first.layout.classes} names, one for each class`;
    throw new OptionError('ERR_OPTION_TYPE', expected(what, 'classNames', classNames));
  }
  const window = given.window ?? Math.max(1, Math.floor(DEFAULT_WINDOW_BYTES / recordBytes(first.layout)));
  const name = given.name ?? (typeof source === 'string' ? basename(resolve(source)) : 'shards');
  return new ShardedDataset(files, first.layout, { window, name, classNames: classNames?.slice() });
}

async function pathsIn(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw readFailure('a folder', folder, cause);
  }
  const found = names.filter((name) => name.endsWith(ENDING)).sort();
  if (found.length > 0) return found.map((name) => join(folder, name));
  throw new FileError('ERR_FILE_MISSING', `Expected files ending in ${ENDING} in ${folder}, found none`);
}

function checkPaths(source: unknown): string[] {
  if (!Array.isArray(source) || source.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a folder or a list of paths', 'source', source));
  }
  return source.map((path: unknown, i) => checkString(`source[${i}]`, path));
}

async function readHeader(path: string): Promise<{ layout: ShardLayout; length: number }> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new FormatError(`${path} is no shard: it is no file`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(SHARD_HEADER_BYTES), 0, SHARD_HEADER_BYTES, 0);
      const header = decodeHeader(path, buffer.subarray(0, bytesRead), info.size);
      if (header.layout.labelled && header.layout.classes === 0) {
        throw new DataError('ERR_DATA_LABELS', `${path} has labels and says that there are no classes`);
      }
      return header;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof DataError) throw cause;
    throw readFailure('a shard', path, cause);
  }
}
