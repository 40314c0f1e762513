import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { checkString } from '../../core/checks.js';
import { BlasnetError, FileError, FormatError, OptionError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import type { Dataset } from '../../data/index.js';
import { columnsDataset, columnsNeeded, type Column, type ColumnOptions } from './columns.js';
import { missingPackage } from './optional.js';

/**
 * A data set from columns of a Parquet file. Needs the package `hyparquet`.
 *
 * @param source a path or the bytes of a file; compressed by Snappy or not at all
 * @param options which columns are what
 * @throws FileError when the file cannot be read, FormatError when it is no such file, OptionError for a column that is not
 *   there, DataError for a cell that is no number, naming row and column; BlasnetError `ERR_PACKAGE_MISSING` without
 *   hyparquet
 *
 * @example
 * const iris = await parquetDataset('iris.parquet', { features: ['sepal', 'petal'], labels: 'species' });
 */
export async function parquetDataset(source: string | Uint8Array, options: ColumnOptions): Promise<Dataset> {
  const needed = columnsNeeded('parquetDataset', options);
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet').catch(
    missingPackage('hyparquet', 'Reading Parquet'),
  );
  const bytes = await bytesOf(source);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = await parquetMetadataAsync(file);
    const there = parquetSchema(metadata).children.map(({ element }) => element.name);
    const known = needed.filter((name) => there.includes(name));
    const rows = known.length === 0 ? [] : await parquetReadObjects({ file, metadata, columns: known });
    const columns = new Map(known.map((name): [string, Column] => [name, rows.map((row) => row[name] as unknown)]));
    return columnsDataset(columns, there, options);
  } catch (error) {
    if (error instanceof BlasnetError) throw error;
    throw new FormatError(`Not a Parquet file that can be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function bytesOf(source: string | Uint8Array): Promise<Uint8Array> {
  if (types.isUint8Array(source)) return source;
  try {
    return await readFile(checkString('source', source));
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw new FileError('ERR_FILE_READ', `Cannot read ${source}: ${reasonOf(error)}`, { cause: error });
  }
}
