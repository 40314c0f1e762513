import { types } from 'node:util';
import { checkInteger, describe, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';

/** Row-major numbers, as a dataset keeps them. */
export type Matrix = Uint8Array | Float32Array;

/** What is known of the samples before their features are read. */
interface Expectation {
  width: number | undefined;
  samples: number | undefined;
}

/** Features in the form a dataset keeps, checked: `[length, width]`, every value finite. */
export function readFeatures(
  name: string,
  value: unknown,
  { width, samples }: Expectation,
): { features: Matrix; length: number; width: number } {
  if (types.isUint8Array(value) || types.isFloat32Array(value)) {
    const features = ownMemory(name, value);
    if (features.length === 0) throw noSamples(name);
    const columns = width ?? flatWidth(name, features.length, samples);
    if (features.length % columns !== 0) {
      throw new ShapeError(`Expected a multiple of ${columns} values for ${name}, received ${describe(value)}`);
    }
    if (types.isFloat32Array(features)) checkFinite(name, features, columns);
    return { features, length: features.length / columns, width: columns };
  }
  if (!Array.isArray(value)) {
    throw wrongType('a Uint8Array, a Float32Array or an array of rows', name, value);
  }
  const features = readRows(name, value, width);
  return { features, length: value.length, width: features.length / value.length };
}

/** Targets in the form a dataset keeps, checked: `[length, targetWidth]`, every value finite. */
export function readTargets(
  name: string,
  value: unknown,
  length: number,
): { targets: Float32Array | undefined; targetWidth: number } {
  if (value === undefined) return { targets: undefined, targetWidth: 0 };
  if (types.isFloat32Array(value)) {
    const targets = ownMemory(name, value);
    const targetWidth = targets.length / length;
    if (!Number.isInteger(targetWidth) || targetWidth === 0) {
      throw new ShapeError(
        `Expected a multiple of ${length} values, one row per sample, for ${name}, received ${targets.length}`,
      );
    }
    checkFinite(name, targets, targetWidth);
    return { targets, targetWidth };
  }
  if (!Array.isArray(value)) throw wrongType('a Float32Array or an array of rows', name, value);
  if (value.length !== length) {
    throw new ShapeError(`Expected ${length} rows, one per sample, for ${name}, received ${value.length}`);
  }
  const targets = readRows(name, value, undefined);
  return { targets, targetWidth: targets.length / length };
}

/** Labels as an Int32Array, checked: one per sample, whole numbers below `classes`. */
export function readLabels(name: string, value: unknown, length: number, classes: number): Int32Array | undefined {
  if (value === undefined) return undefined;
  if (!isListOfNumbers(value)) throw wrongType('an array of whole numbers', name, value);
  if (types.isTypedArray(value)) checkAttached(name, value);
  if (value.length !== length) {
    throw new ShapeError(`Expected ${length} values, one per sample, for ${name}, received ${value.length}`);
  }
  const labels = new Int32Array(length);
  for (let index = 0; index < length; index++) {
    const label: unknown = value[index];
    if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label >= classes) {
      const what = `a whole number from 0 to ${classes - 1}`;
      throw new DataError('ERR_DATA_LABEL', expected(what, `${name}[${index}]`, label));
    }
    labels[index] = label;
  }
  return labels;
}

/** Weights of samples as a Float32Array, checked: one per sample, finite, at least 0, and not all of them 0. */
export function readWeights(name: string, value: unknown, length: number): Float32Array | undefined {
  if (value === undefined) return undefined;
  if (!isListOfNumbers(value)) throw wrongType('an array of numbers', name, value);
  if (types.isTypedArray(value)) checkAttached(name, value);
  if (value.length !== length) {
    throw new ShapeError(`Expected ${length} values, one per sample, for ${name}, received ${value.length}`);
  }
  const weights = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    const weight: unknown = value[index];
    if (typeof weight === 'number') weights[index] = weight;
    if (typeof weight !== 'number' || !(weights[index] >= 0 && weights[index] < Infinity)) {
      const what = 'a finite number (in float32) of at least 0';
      throw new DataError('ERR_DATA_WEIGHT', expected(what, `${name}[${index}]`, weight));
    }
  }
  if (!weights.some((weight) => weight > 0)) {
    throw new DataError('ERR_DATA_WEIGHT', `Expected a weight above 0 for ${name}, received 0 for every sample`);
  }
  return weights;
}

/** [rows, columns], each at least 1, copied. */
export function checkImageShape(name: string, value: unknown): readonly [number, number] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length !== 2) throw wrongType('[rows, columns]', name, value);
  return Object.freeze([
    checkInteger(`${name}[0]`, value[0], { min: 1 }),
    checkInteger(`${name}[1]`, value[1], { min: 1 }),
  ] as const);
}

/** Rows of equal width as one Float32Array. */
function readRows(name: string, rows: readonly unknown[], width: number | undefined): Float32Array {
  if (rows.length === 0) throw noSamples(name);
  const row = (index: number): ArrayLike<number> => {
    const values = rows[index];
    if (!isListOfNumbers(values)) throw wrongType('an array of numbers', `${name}[${index}]`, values);
    return values;
  };
  const columns = width ?? row(0).length;
  if (columns === 0)
    throw new DataError('ERR_DATA_EMPTY', `Expected at least one number for ${name}[0], received none`);
  const flat = new Float32Array(rows.length * columns);
  for (let index = 0; index < rows.length; index++) {
    const values = row(index);
    if (values.length !== columns) {
      const why = width === undefined ? `as in ${name}[0]` : 'the width';
      const message = `Expected ${columns} numbers, ${why}, for ${name}[${index}], received ${values.length}`;
      throw new DataError('ERR_DATA_RAGGED', message);
    }
    for (let column = 0; column < columns; column++) {
      const value: unknown = values[column];
      if (typeof value !== 'number') throw wrongType('a number', `${name}[${index}][${column}]`, value);
      flat[index * columns + column] = value;
    }
  }
  checkFinite(name, flat, columns);
  return flat;
}

/** The width that makes a flat array hold `samples` samples. */
function flatWidth(name: string, values: number, samples: number | undefined): number {
  if (typeof samples !== 'number' || samples === 0) {
    const message = `${expected('a whole number of at least 1', 'width', undefined)}; flat ${name} need it`;
    throw new OptionError('ERR_OPTION_TYPE', message);
  }
  if (values % samples !== 0) {
    throw new ShapeError(
      `Expected a multiple of ${samples} values, one row per sample, for ${name}, received ${values}`,
    );
  }
  return values / samples;
}

/** Numbers too large for float32 have become infinite by now and are named as such. */
function checkFinite(name: string, values: Float32Array, width: number): void {
  const bad = firstNonFinite(values);
  if (bad < 0) return;
  const place = `sample ${Math.floor(bad / width)}, column ${bad % width}`;
  const message = `Expected finite values (in float32) for ${name}, received ${values[bad]} in ${place}`;
  throw new DataError('ERR_DATA_NON_FINITE', message);
}

/** The array itself, or a copy where its memory could shrink after it was checked. */
function ownMemory<T extends Matrix>(name: string, values: T): T {
  checkAttached(name, values);
  const { resizable } = values.buffer as { resizable?: boolean };
  return resizable === true ? (values.slice() as T) : values;
}

/** Node 20 cannot ask a buffer whether it is detached, but a view over one that is cannot be made. */
function checkAttached(name: string, values: NodeJS.TypedArray): void {
  try {
    new Uint8Array(values.buffer, 0, 0);
  } catch (cause) {
    const message = `Expected data for ${name}, received ${describe(values)} whose memory was transferred away`;
    throw new DataError('ERR_DATA_DETACHED', message, { cause });
  }
}

function isListOfNumbers(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || types.isTypedArray(value);
}

function noSamples(name: string): DataError {
  return new DataError('ERR_DATA_EMPTY', `Expected at least one sample for ${name}, received none`);
}

function wrongType(what: string, name: string, value: unknown): OptionError {
  return new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
}
