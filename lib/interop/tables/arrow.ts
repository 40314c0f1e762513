import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { expected } from '../../core/checks.js';
import { BlasnetError, FileError, FormatError, OptionError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import type { Dataset } from '../../data/index.js';
import { columnsDataset, columnsNeeded, type Column, type ColumnOptions } from './columns.js';
import { missingPackage } from './optional.js';

/** What is read of a table of the package `apache-arrow`. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): { get(row: number): unknown; readonly length: number } | null;
}

/**
 * A data set from columns of an Arrow table, or of an Arrow IPC (Feather) file. A file needs the package `apache-arrow`; a
 * table brings its own.
 *
 * @param source a table, a path, or the bytes of a file
 * @param options which columns are what
 * @throws FileError when the file cannot be read, FormatError when it is no such file, OptionError for a column that is not
 *   there, DataError for a cell that is no number, naming row and column; BlasnetError `ERR_PACKAGE_MISSING` without
 *   apache-arrow
 *
 * @example
 * const iris = await arrowDataset('iris.arrow', { features: ['sepal', 'petal'], labels: 'species' });
 */
export async function arrowDataset(source: ArrowTable | string | Uint8Array, options: ColumnOptions): Promise<Dataset> {
  const needed = columnsNeeded('arrowDataset', options);
  if (isTable(source)) return datasetOf(source, needed, options);
  const { tableFromIPC } = await import('apache-arrow').catch(missingPackage('apache-arrow', 'Reading Arrow files'));
  const bytes = await bytesOf(source);
  try {
    const table: ArrowTable = tableFromIPC(bytes);
    // What a file says of its length is no reason to make room for it: a row takes a bit at least.
    if (!(table.numRows <= bytes.length * 8)) throw new FormatError(`${table.numRows} rows cannot be in it`);
    return datasetOf(table, needed, options);
  } catch (error) {
    if (error instanceof BlasnetError && !(error instanceof FormatError)) throw error;
    throw new FormatError(`Not an Arrow file that can be read: ${reasonOf(error)}`, { cause: error });
  }
}

function datasetOf(table: ArrowTable, needed: readonly string[], options: ColumnOptions): Dataset {
  const there = table.schema.fields.map(({ name }) => name);
  const columns = new Map<string, Column>();
  for (const name of needed) {
    const vector = table.getChild(name);
    if (vector === null) continue;
    if (vector.length !== table.numRows) {
      throw new FormatError(`the column ${name} has ${vector.length} rows of ${table.numRows}`);
    }
    const cells = Array.from({ length: vector.length }, (_, row) => plain(vector.get(row)));
    columns.set(name, cells);
  }
  return columnsDataset(columns, there, options);
}

function isTable(source: unknown): source is ArrowTable {
  return typeof source === 'object' && source !== null && 'getChild' in source && 'schema' in source;
}

/** A list in a cell is a vector of its own. */
function plain(cell: unknown): unknown {
  const isVector = typeof cell === 'object' && cell !== null && 'toArray' in cell;
  return isVector ? (cell as { toArray(): unknown }).toArray() : cell;
}

async function bytesOf(source: unknown): Promise<Uint8Array> {
  if (types.isUint8Array(source)) return source;
  if (typeof source !== 'string' || source === '') {
    throw new OptionError('ERR_OPTION_TYPE', expected('a table, a path or a Uint8Array', 'source', source));
  }
  try {
    return await readFile(source);
  } catch (error) {
    throw new FileError('ERR_FILE_READ', `Cannot read ${source}: ${reasonOf(error)}`, { cause: error });
  }
}
