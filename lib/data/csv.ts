import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { checkBoolean, checkChoice, checkInteger, checkOptions, checkString, expected } from '../core/checks.js';
import { DataError, FormatError, OptionError } from '../core/errors.js';
import { csvRecords, type CsvRecord } from './csv-records.js';
import type { Dataset } from './dataset.js';
import { checkIterable } from './iterable.js';
import { dataset } from './make-dataset.js';
import { readFailure } from './read-failure.js';

/** A column by its name in the header, or by its place from 0. */
export type Column = string | number;

export interface CsvOptions {
  /** Whether the first record holds the names of the columns; default true. */
  header?: boolean;
  /** The column of classes: whole numbers from 0, or else text, which becomes `classNames`. */
  label?: Column;
  /** Columns of values to predict. */
  targets?: readonly Column[];
  /** Columns of features; default all that are neither label, targets nor ignored. */
  features?: readonly Column[];
  /** Columns to pass over, such as names and keys. */
  ignore?: readonly Column[];
  /** One character; default a comma. */
  delimiter?: string;
  /** Number or names of the classes, where not all occur. */
  classes?: number;
  classNames?: readonly string[];
  /** For messages and reports. Default the file's name, or "csv". */
  name?: string;
}

const optionNames = [
  'header',
  'label',
  'targets',
  'features',
  'ignore',
  'delimiter',
  'classes',
  'classNames',
  'name',
] as const;

/** Text or bytes in UTF-8, in pieces: what a Node stream, a response's body or a generator yields. */
export type CsvSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Reads numbers from comma-separated values (RFC 4180), as a stream: the text is never in memory as a whole.
 *
 * Every feature and target must be a finite number; where one is missing or is none, the error names line and column, and
 * nothing is filled in by guesswork.
 *
 * @param source a path, or a stream
 * @param options see {@link CsvOptions}
 * @throws FileError; FormatError for text that is no CSV or no UTF-8; OptionError for a column that is not there; DataError
 *   `ERR_DATA_MISSING`, `ERR_DATA_NUMBER`, `ERR_DATA_RAGGED`, `ERR_DATA_EMPTY` with the line
 *
 * @example
 * const iris = await readCsv('iris.csv', { label: 'species' });
 * const { train, test } = split(iris, { train: 0.7, test: 0.3 }, { seed: 1, stratified: true });
 */
export async function readCsv(source: string | CsvSource, options?: CsvOptions): Promise<Dataset> {
  const given = checkOptions<CsvOptions>('readCsv', options, optionNames);
  const header = checkBoolean('header', given.header ?? true);
  const delimiter = checkString('delimiter', given.delimiter ?? ',');
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new OptionError(
      'ERR_OPTION_RANGE',
      expected('one character, no quote and no line end,', 'delimiter', delimiter),
    );
  }
  const path = typeof source === 'string' ? checkString('source', source) : undefined;
  const name = given.name ?? (path === undefined ? 'csv' : basename(path));
  const title = path ?? name;
  const chunks =
    path === undefined
      ? checkIterable<string | Uint8Array>('a path or a stream', 'source', source)
      : createReadStream(path, { highWaterMark: 2 ** 20 });
  let table: Table | undefined;
  try {
    for await (const records of csvRecords(title, decoded(title, chunks), delimiter)) {
      for (const record of records) {
        if (table === undefined) {
          table = new Table(title, header, record, given);
          if (header) continue;
        }
        table.add(record);
      }
    }
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw readFailure('a file', title, cause);
  }
  if (table === undefined || table.length === 0) {
    throw new DataError('ERR_DATA_EMPTY', `Expected at least one record in ${title}, found none`);
  }
  return table.toDataset(name);
}

async function* decoded(title: string, chunks: CsvSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new FormatError(`${title} is no text in UTF-8`, { cause });
    }
  };
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') yield chunk;
    else if (chunk instanceof Uint8Array) yield decode(chunk);
    else throw new OptionError('ERR_OPTION_TYPE', expected('text or bytes', 'a piece of source', chunk));
  }
  yield decode();
}

/** Numbers row by row, in memory that grows. */
class Columns {
  #values = new Float32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float32Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get values(): Float32Array {
    return this.#values.slice(0, this.#length);
  }
}

class Table {
  length = 0;
  readonly #title: string;
  readonly #names: readonly string[];
  readonly #features: readonly number[];
  readonly #targets: readonly number[];
  readonly #label: number | undefined;
  readonly #options: CsvOptions;
  readonly #featureValues = new Columns();
  readonly #targetValues = new Columns();
  readonly #labels: string[] = [];
  /** Labels that have occurred, so that a million of one class are one string. */
  readonly #seen = new Map<string, string>();

  constructor(title: string, header: boolean, { fields }: CsvRecord, options: CsvOptions) {
    this.#title = title;
    this.#options = options;
    this.#names = header ? fields.map((name) => name.trim()) : fields.map((_, i) => String(i));
    const twice = this.#names.findIndex((name, i) => this.#names.indexOf(name) !== i);
    if (twice >= 0) {
      throw new FormatError(`Expected different names of columns in ${title}, found "${this.#names[twice]}" twice`);
    }
    this.#label = options.label === undefined ? undefined : this.#column('label', options.label);
    this.#targets = this.#columns('targets', options.targets);
    const taken = new Set([...this.#columns('ignore', options.ignore), ...this.#targets, this.#label]);
    this.#features =
      options.features === undefined
        ? fields.map((_, i) => i).filter((i) => !taken.has(i))
        : this.#columns('features', options.features);
    if (this.#features.length === 0) {
      throw new DataError('ERR_DATA_EMPTY', `Expected at least one column of features in ${title}, found none`);
    }
  }

  add({ line, fields }: CsvRecord): void {
    if (fields.length !== this.#names.length) {
      const message = `Expected ${this.#names.length} fields in ${this.#title}, line ${line}, received ${fields.length}`;
      throw new DataError('ERR_DATA_RAGGED', message);
    }
    for (const column of this.#features) this.#featureValues.push(this.#number(fields, column, line));
    for (const column of this.#targets) this.#targetValues.push(this.#number(fields, column, line));
    if (this.#label !== undefined) {
      const label = fields[this.#label].trim();
      if (label === '') throw this.#missing(this.#label, line, 'a label');
      const known = this.#seen.get(label) ?? label;
      if (known === label) this.#seen.set(label, label);
      this.#labels.push(known);
    }
    this.length++;
  }

  toDataset(name: string): Dataset {
    const { classes, classNames } = this.#options;
    // Whole numbers are classes by number, unless classes have names.
    const numbered = classNames === undefined && [...this.#seen.keys()].every((label) => /^\d{1,8}$/.test(label));
    const labels = numbered ? this.#labels.map(Number) : this.#labels;
    return dataset({
      features: this.#featureValues.values,
      width: this.#features.length,
      ...(this.#label === undefined ? {} : { labels }),
      ...(this.#targets.length === 0 ? {} : { targets: this.#targetValues.values }),
      classes,
      classNames,
      name,
    });
  }

  #columns(option: string, columns: unknown): number[] {
    if (columns === undefined) return [];
    if (!Array.isArray(columns))
      throw new OptionError('ERR_OPTION_TYPE', expected('an array of columns', option, columns));
    return columns.map((column: unknown, i) => this.#column(`${option}[${i}]`, column));
  }

  #column(option: string, column: unknown): number {
    if (typeof column === 'number') return checkInteger(option, column, { max: this.#names.length - 1 });
    return this.#names.indexOf(checkChoice(option, column, this.#names));
  }

  #number(fields: readonly string[], column: number, line: number): number {
    const text = fields[column].trim();
    if (text === '') throw this.#missing(column, line, 'a number');
    const value = Number(text);
    // As it will be stored: a number too large for float32 is infinite by then. Number() also takes "0x10".
    if (/^[-+.\d][-+.\deE]*$/.test(text) && Number.isFinite(Math.fround(value))) return value;
    const message = expected(
      'a finite number',
      `column "${this.#names[column]}" of ${this.#title}, line ${line}`,
      text,
    );
    throw new DataError('ERR_DATA_NUMBER', message);
  }

  #missing(column: number, line: number, what: string): DataError {
    const message = `Expected ${what} for column "${this.#names[column]}" of ${this.#title}, line ${line}, received nothing`;
    return new DataError('ERR_DATA_MISSING', message);
  }
}
