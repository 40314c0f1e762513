import { checkOptions, checkString, describe, expected } from '../../core/checks.js';
import { DataError, OptionError, ShapeError } from '../../core/errors.js';
import { dataset, type Dataset, type DatasetOptions } from '../../data/index.js';

/** Which columns of a table are what. */
export interface ColumnOptions extends Pick<DatasetOptions, 'classes' | 'scale' | 'name'> {
  /** Columns of numbers or booleans, or columns whose values are lists of numbers, one beside the other. */
  features: readonly string[];
  /** A column of whole numbers from 0, or of texts, which become class names. */
  labels?: string;
  /** Columns of numbers to predict. */
  targets?: readonly string[];
  /** A column of numbers of at least 0. */
  weights?: string;
}

export const columnOptionNames = ['features', 'labels', 'targets', 'weights', 'classes', 'scale', 'name'] as const;

/** Values of a column, row by row. */
export type Column = ArrayLike<unknown>;

/** Names of all columns that are needed, checked. */
export function columnsNeeded(owner: string, options: ColumnOptions): string[] {
  const { features, labels, targets, weights } = checkOptions<ColumnOptions>(owner, options, columnOptionNames);
  const list = (name: string, value: unknown): string[] => {
    if (!Array.isArray(value) || value.length === 0) {
      throw new OptionError('ERR_OPTION_TYPE', expected('an array of column names', name, value));
    }
    return value.map((entry: unknown, place) => checkString(`${name}[${place}]`, entry));
  };
  return [
    ...list('features', features),
    ...(targets === undefined ? [] : list('targets', targets)),
    ...(labels === undefined ? [] : [checkString('labels', labels)]),
    ...(weights === undefined ? [] : [checkString('weights', weights)]),
  ];
}

/** A data set from columns. `there` are the names of all columns of the table, for the message about one that is not. */
export function columnsDataset(
  columns: ReadonlyMap<string, Column>,
  there: readonly string[],
  options: ColumnOptions,
): Dataset {
  const { features, labels, targets, weights, ...rest } = options;
  const get = (name: string): Column => {
    const column = columns.get(name);
    if (column !== undefined) return column;
    throw new OptionError(
      'ERR_OPTION_CHOICE',
      `There is no column "${name}" in the table; there are: ${there.join(', ')}`,
    );
  };
  const matrix = side(features, get);
  const wanted = targets && side(targets, get).values;
  const single = (name: string | undefined) => (name === undefined ? undefined : side([name], get).values);
  return dataset({
    ...rest,
    features: matrix.values,
    width: matrix.width,
    labels: labels === undefined ? undefined : labelsOf(get(labels), labels),
    targets: wanted,
    weights: single(weights),
  });
}

function labelsOf(column: Column, name: string): string[] | Float32Array {
  const values = Array.from(column);
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return values;
  return side([name], () => column).values;
}

/** Columns side by side, row-major. */
function side(names: readonly string[], get: (name: string) => Column): { values: Float32Array; width: number } {
  const columns = names.map(get);
  const [{ length: rows }] = columns;
  if (rows === 0) throw new DataError('ERR_DATA_EMPTY', 'Expected at least one row in the table, received none');
  const widths = columns.map((column) => listLength(column[0]) ?? 1);
  const width = widths.reduce((sum, own) => sum + own, 0);
  const values = new Float32Array(rows * width);
  let first = 0;
  columns.forEach((column, place) => {
    const own = widths[place];
    for (let row = 0; row < rows; row++) {
      const cell = column[row];
      const length = listLength(cell);
      if ((length ?? 1) !== own) {
        throw new ShapeError(
          `Expected ${own} numbers in row ${row} of the column ${names[place]}, received ${describe(cell)}`,
        );
      }
      for (let j = 0; j < own; j++) {
        const value: unknown = length === undefined ? cell : (cell as ArrayLike<unknown>)[j];
        values[row * width + first + j] = numberIn(value, names[place], row);
      }
    }
    first += own;
  });
  return { values, width };
}

function listLength(cell: unknown): number | undefined {
  const isList = Array.isArray(cell) || (ArrayBuffer.isView(cell) && !(cell instanceof DataView));
  return isList ? (cell as ArrayLike<unknown>).length : undefined;
}

function numberIn(value: unknown, column: string, row: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  throw new DataError('ERR_DATA_TYPE', expected('a number', `row ${row} of the column ${column}`, value));
}
