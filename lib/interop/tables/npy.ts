import { types } from 'node:util';
import { readItems } from '../../core/byte-order.js';
import { expected } from '../../core/checks.js';
import { FormatError, OptionError } from '../../core/errors.js';

export type NumpyValues =
  Float32Array | Float64Array | Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** An array of a `.npy` file, row-major. 64-bit whole numbers are float64, exact up to 2⁵³; booleans are bytes. */
export interface NumpyArray {
  readonly shape: readonly number[];
  /** NumPy's name of the type in the file, such as `f4`, `u1` or `b1`. */
  readonly type: string;
  readonly values: NumpyValues | Float64Array;
}

const MAGIC = '\u0093NUMPY';

type Make = (buffer: ArrayBuffer) => NumpyArray['values'];

/** Item size and typed array by NumPy's type code. */
const itemTypes: Readonly<Record<string, readonly [size: number, make: Make]>> = {
  f4: [4, (buffer) => new Float32Array(buffer)],
  f8: [8, (buffer) => new Float64Array(buffer)],
  u1: [1, (buffer) => new Uint8Array(buffer)],
  b1: [1, (buffer) => new Uint8Array(buffer)],
  i1: [1, (buffer) => new Int8Array(buffer)],
  i2: [2, (buffer) => new Int16Array(buffer)],
  u2: [2, (buffer) => new Uint16Array(buffer)],
  i4: [4, (buffer) => new Int32Array(buffer)],
  u4: [4, (buffer) => new Uint32Array(buffer)],
  i8: [8, (buffer) => wide(new BigInt64Array(buffer))],
  u8: [8, (buffer) => wide(new BigUint64Array(buffer))],
};

/**
 * Reads an array that `numpy.save` wrote. The file is data only: nothing in it runs.
 *
 * @param bytes the whole file; float32, float64, booleans and whole numbers of 8 to 64 bits, of either byte order
 * @throws FormatError for anything else: Fortran order, object dtype (which would run Python's pickle), truncated files;
 *   OptionError for anything but bytes
 *
 * @example
 * const { shape, values } = readNpy(await readFile('features.npy'));
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes: Uint8Array): NumpyArray {
  if (!types.isUint8Array(bytes)) throw new OptionError('ERR_OPTION_TYPE', expected('a Uint8Array', 'bytes', bytes));
  const latin1 = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (bytes.length < 12 || latin1(0, 6) !== MAGIC) throw notNumpy('it does not begin as one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major] = bytes.subarray(6);
  if (major < 1 || major > 3) throw notNumpy(`its format version is ${major}, expected 1 to 3`);
  const start = major === 1 ? 10 : 12;
  const dataStart = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > bytes.length) throw notNumpy('it ends within its header');
  const { code, order, shape } = parseHeader(latin1(start, dataStart));
  const [size, make] = itemTypes[code];
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count * size !== bytes.length - dataStart) {
    throw notNumpy(`shape (${shape.join(', ')}) takes ${count * size} bytes and ${bytes.length - dataStart} are there`);
  }
  return { shape, type: code, values: make(readItems(bytes, dataStart, count, size, order)) };
}

/** The header is a Python dictionary of three known entries; nothing of Python is evaluated. */
function parseHeader(text: string): { code: string; order: 'BE' | 'LE'; shape: number[] } {
  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text);
  const extents = /'shape':\s*\(([^)]*)\)/.exec(text);
  if (descr === null || fortran === null || extents === null)
    throw notNumpy('its header lacks descr, fortran_order or shape');
  if (descr[2] !== undefined) throw notNumpy('it is a structured array: save its columns as arrays of their own');
  const [, mark, code] = /^([<>|=]?)(\w+)$/.exec(descr[1]) ?? ['', '', descr[1]];
  if (code.startsWith('O'))
    throw notNumpy('it holds Python objects (dtype object): save it with a number type instead');
  if (!Object.hasOwn(itemTypes, code)) {
    throw notNumpy(`its type is ${descr[1]}, expected one of ${Object.keys(itemTypes).join(', ')}`);
  }
  if (fortran[1] === 'True') throw notNumpy('it is in Fortran order: save numpy.ascontiguousarray(array) instead');
  const shape = extents[1]
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : NaN));
  if (!shape.every(Number.isSafeInteger) || shape.length > 32) throw notNumpy(`its shape is (${extents[1]})`);
  return { code, order: mark === '>' ? 'BE' : 'LE', shape };
}

function wide(values: BigInt64Array | BigUint64Array): Float64Array {
  return Float64Array.from(values as BigInt64Array, (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw notNumpy(`it holds ${value}, which JavaScript's numbers cannot`);
    return number;
  });
}

function notNumpy(what: string): FormatError {
  return new FormatError(`Not a NumPy array that can be read: ${what}`);
}
