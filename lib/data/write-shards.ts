import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { checkInteger, checkOptions, checkString, expected } from '../core/checks.js';
import { DataError, FileError, OptionError } from '../core/errors.js';
import { reasonOf } from '../core/files.js';
import { Dataset } from './dataset.js';
import { checkIterable } from './iterable.js';
import { encodeHeader, recordBytes, SHARD_HEADER_BYTES, type ShardLayout } from './shard-format.js';

export interface WriteShardsOptions {
  /** Samples of a shard, at least 1; default as many as 256 MB hold. The last one may be smaller. */
  samplesPerShard?: number;
  /** Classes, where the first part of the data does not have them all; default those of the first part. */
  classes?: number;
}

const DEFAULT_SHARD_BYTES = 256 * 2 ** 20;

/**
 * Writes samples as shards, for {@link shards} to train on: a data set, or parts of one that never are in memory together.
 * A shard gets its name when it is whole and on the disk; one that a crash interrupted is left behind as `….part`.
 *
 * @param directory is made where it is missing; must not hold shards already
 * @param source a Dataset, or parts of equal width and kind, such as an async generator yields. Weights are not written
 * @param options see {@link WriteShardsOptions}
 * @returns the paths written
 * @throws OptionError, DataError for parts that do not go together or none at all, FileError
 *
 * @example
 * async function* parts() {
 *   for (const path of csvFiles) yield await readCsv(path, { label: 'species' });
 * }
 * await writeShards('data/shards', parts());
 */
export async function writeShards(
  directory: string,
  source: Dataset | Iterable<Dataset> | AsyncIterable<Dataset>,
  options?: WriteShardsOptions,
): Promise<string[]> {
  checkString('directory', directory);
  const given = checkOptions<WriteShardsOptions>('writeShards', options, ['samplesPerShard', 'classes']);
  if (given.samplesPerShard !== undefined)
    checkInteger('samplesPerShard', given.samplesPerShard, { min: 1, max: 2 ** 32 });
  if (given.classes !== undefined) checkInteger('classes', given.classes, { min: 1, max: 2 ** 24 });
  const writer = new ShardWriter(directory, given);
  try {
    const parts = source instanceof Dataset ? [source] : source;
    for await (const part of checkIterable<Dataset>('a Dataset or an iterable of them', 'source', parts)) {
      if (!(part instanceof Dataset)) throw new OptionError('ERR_OPTION_TYPE', expected('a Dataset', 'a part', part));
      await writer.add(part);
    }
    return await writer.end();
  } catch (error) {
    await writer.giveUp();
    if (error instanceof Error && 'syscall' in error) {
      throw new FileError('ERR_FILE_WRITE', `Could not write shards to ${directory}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    throw error;
  }
}

class ShardWriter {
  readonly #directory: string;
  readonly #options: WriteShardsOptions;
  readonly #paths: string[] = [];
  #layout: ShardLayout | undefined;
  #file: FileHandle | undefined;
  #written = 0;

  constructor(directory: string, options: WriteShardsOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  async add(part: Dataset): Promise<void> {
    const layout = this.#layoutOf(part);
    const most = this.#options.samplesPerShard ?? Math.max(1, Math.floor(DEFAULT_SHARD_BYTES / recordBytes(layout)));
    for (let first = 0; first < part.length;) {
      this.#file ??= await this.#open();
      const count = Math.min(part.length - first, most - this.#written, chunkOf(layout));
      const records = encodeRecords(part, layout, first, count);
      const offset = SHARD_HEADER_BYTES + this.#written * recordBytes(layout);
      for (let at = 0; at < records.length;) {
        at += (await this.#file.write(records, at, records.length - at, offset + at)).bytesWritten;
      }
      this.#written += count;
      first += count;
      if (this.#written === most) await this.#close();
    }
  }

  async end(): Promise<string[]> {
    if (this.#file !== undefined) await this.#close();
    if (this.#paths.length > 0) return this.#paths;
    throw new DataError('ERR_DATA_EMPTY', 'Expected at least one part to write as shards, received none');
  }

  /** What was begun is taken away; whole shards stay. */
  async giveUp(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    if (this.#file !== undefined) await rm(`${this.#next()}.part`, { force: true }).catch(() => undefined);
  }

  #next(): string {
    return join(this.#directory, `${String(this.#paths.length).padStart(6, '0')}.shard`);
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.#directory, { recursive: true });
    const path = this.#next();
    const existing = await open(path).catch(() => undefined);
    if (existing !== undefined) {
      await existing.close();
      throw new FileError('ERR_FILE_WRITE', `Expected a folder without shards, found ${path}`);
    }
    return open(`${path}.part`, 'w');
  }

  async #close(): Promise<void> {
    const file = this.#file as FileHandle;
    await file.write(encodeHeader(this.#layout as ShardLayout, this.#written), 0, SHARD_HEADER_BYTES, 0);
    await file.sync();
    await file.close();
    this.#file = undefined;
    const path = this.#next();
    await rename(`${path}.part`, path);
    this.#paths.push(path);
    this.#written = 0;
  }

  #layoutOf(part: Dataset): ShardLayout {
    const { width, targetWidth, scale, imageShape } = part;
    const labelled = part.labels !== undefined;
    const bytes = part.features instanceof Uint8Array;
    const classes = this.#layout?.classes ?? this.#options.classes ?? part.classes;
    const layout = { width, bytes, labelled, targetWidth, scale, classes, imageShape };
    this.#layout ??= layout;
    if (JSON.stringify(layout) !== JSON.stringify(this.#layout)) {
      throw new DataError(
        'ERR_DATA_PARTS',
        'Expected parts of equal width, kind of features, scale and labels, received others',
      );
    }
    const bad = part.labels?.find((label) => label >= classes);
    if (bad === undefined) return layout;
    throw new DataError(
      'ERR_DATA_LABEL',
      `Expected labels below ${classes}, received ${bad}; the option classes says how many there are`,
    );
  }
}

function chunkOf(layout: ShardLayout): number {
  return Math.max(1, Math.floor(2 ** 22 / recordBytes(layout)));
}

function encodeRecords(
  { features, labels, targets }: Dataset,
  layout: ShardLayout,
  first: number,
  count: number,
): Uint8Array {
  const { width, targetWidth } = layout;
  const stride = recordBytes(layout);
  const records = new Uint8Array(count * stride);
  const view = new DataView(records.buffer);
  for (let i = 0; i < count; i++) {
    let to = i * stride;
    const row = features.subarray((first + i) * width, (first + i + 1) * width);
    if (row instanceof Uint8Array) {
      records.set(row, to);
      to += width;
    } else {
      for (const value of row) {
        view.setFloat32(to, value, true);
        to += 4;
      }
    }
    if (labels !== undefined) {
      view.setInt32(to, labels[first + i], true);
      to += 4;
    }
    for (let j = 0; j < targetWidth; j++) view.setFloat32(to + 4 * j, targets![(first + i) * targetWidth + j], true);
  }
  return records;
}
