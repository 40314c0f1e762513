import { isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';
import { types } from 'node:util';
import { readItems, swapItems } from './byte-order.js';
import { checkBoolean, checkChoice, checkInteger, checkOptions, expected } from './checks.js';
import { FormatError, OptionError, ShapeError } from './errors.js';
import { firstNonFinite } from './numbers.js';
import { HeaderReader, isWellFormed, quote } from './safetensors-header.js';
import type { HeaderEntry } from './safetensors-header.js';

/** The number types of a safetensors file that have a typed array in JavaScript and a use in a network. */
export type SafetensorsType = 'F32' | 'F64' | 'I32' | 'I64' | 'U8';

export interface SafetensorsArrays {
  F32: Float32Array;
  F64: Float64Array;
  I32: Int32Array;
  I64: BigInt64Array;
  U8: Uint8Array;
}

/** A tensor of a safetensors file; `data.length` is the product of `shape`, and `[]` is the shape of a single number. */
export type SafetensorsTensor = {
  [T in SafetensorsType]: { readonly dtype: T; readonly shape: readonly number[]; readonly data: SafetensorsArrays[T] };
}[SafetensorsType];

export interface DecodeSafetensorsOptions {
  /** Longest header that is read, in bytes: at least 2, default 8 MiB. */
  maxHeaderBytes?: number;
  /** Most tensors, and most metadata entries, that are read: at least 0, default 10,000. */
  maxTensors?: number;
  /** Refuse tensors that hold NaN or an infinity; default false. */
  finite?: boolean;
}

export interface Safetensors {
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Map<string, string>;
}

const itemSizes: Readonly<Record<SafetensorsType, number>> = { F32: 4, F64: 8, I32: 4, I64: 8, U8: 1 };
const dtypes = Object.keys(itemSizes) as SafetensorsType[];
const LENGTH_BYTES = 8;

/**
 * Writes tensors as a safetensors file: names, shapes and numbers, and nothing that could run.
 *
 * The header is padded with spaces and tensors of wide numbers come first, so every tensor starts at a multiple of its
 * item size. Within one item size the order is that of the argument.
 *
 * @param tensors by name, in an object or a map; every dimension is at least 1
 * @param metadata strings by name
 * @returns the file's bytes
 * @throws OptionError for a wrong type or a name that cannot be written, ShapeError where data does not fill the shape
 *
 * @example
 * const bytes = encodeSafetensors({ bias: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } });
 * decodeSafetensors(bytes).tensors.get('bias');
 *
 * Source: the safetensors format, https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>> | ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>> | ReadonlyMap<string, string> = {},
): Uint8Array {
  const checked = entriesOf('tensors', tensors).map(([name, tensor]) => checkTensor(name, tensor));
  checked.sort((a, b) => itemSizes[b.dtype] - itemSizes[a.dtype]);

  // Written member by member: an object literal would lose a tensor called __proto__ and reorder one called "0".
  const members: string[] = [];
  const strings = entriesOf('metadata', metadata).map(([key, value]) => {
    if (typeof value !== 'string') throw wrongType('a string', `metadata ${quote(key)}`, value);
    return `${jsonString(key)}:${jsonString(value)}`;
  });
  if (strings.length > 0) members.push(`"__metadata__":{${strings.join(',')}}`);
  let dataBytes = 0;
  for (const { name, dtype, shape, data } of checked) {
    const offsets = [dataBytes, (dataBytes += data.byteLength)];
    members.push(`${jsonString(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
  }

  const text = Buffer.from(`{${members.join(',')}}`);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { dtype, data } of checked) {
    const part = file.subarray(at, (at += data.byteLength));
    part.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (endianness() === 'BE') swapItems(part, itemSizes[dtype]);
  }
  return file;
}

/**
 * Reads a safetensors file that may come from anywhere. Whatever the bytes are, the answer is the tensors or a
 * FormatError: nothing runs, nothing outside the file is touched, and no more memory is taken than the file is long and
 * its header needs.
 *
 * Stricter than the format asks: no tensor without elements, no key twice, no unknown key, at most 8 dimensions.
 *
 * @returns tensors with memory of their own, in the order of the header, and the metadata
 * @throws FormatError naming what is wrong, OptionError for a wrong argument
 *
 * @example
 * const { tensors } = decodeSafetensors(await readFile('model.safetensors'), { finite: true });
 */
export function decodeSafetensors(bytes: Uint8Array, options?: DecodeSafetensorsOptions): Safetensors {
  const given = checkOptions('decodeSafetensors', options, ['maxHeaderBytes', 'maxTensors', 'finite']);
  const { maxHeaderBytes = 8 * 2 ** 20, maxTensors = 10_000, finite = false } = given as DecodeSafetensorsOptions;
  checkInteger('maxHeaderBytes', maxHeaderBytes, { min: 2 });
  checkInteger('maxTensors', maxTensors);
  checkBoolean('finite', finite);
  if (!types.isUint8Array(bytes)) throw wrongType('a Uint8Array', 'bytes', bytes);

  const dataStart = LENGTH_BYTES + headerLength(bytes, maxHeaderBytes);
  const text = bytes.subarray(LENGTH_BYTES, dataStart);
  if (text[0] !== 0x7b) throw notSafetensors('its header does not begin with "{"');
  if (!isUtf8(text)) throw notSafetensors('its header is not valid UTF-8');
  const header = Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8');
  const { entries, metadata } = new HeaderReader(header, maxTensors).read();
  checkLayout(entries, bytes.length - dataStart);

  const tensors = new Map<string, SafetensorsTensor>();
  for (const [name, { dtype, shape, begin, end }] of entries) {
    const size = itemSizes[dtype as SafetensorsType];
    const buffer = readItems(bytes, dataStart + begin, (end - begin) / size, size, 'LE');
    const tensor = { dtype, shape, data: arrayOf(dtype as SafetensorsType, buffer) } as SafetensorsTensor;
    if (finite) checkFinite(name, tensor);
    tensors.set(name, tensor);
  }
  return { tensors, metadata };
}

function headerLength(bytes: Uint8Array, maxHeaderBytes: number): number {
  if (bytes.length < LENGTH_BYTES) throw notSafetensors(`it is ${bytes.length} bytes long`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length < 2) throw notSafetensors(`it declares a header of ${length} bytes`);
  if (length > maxHeaderBytes) {
    throw notSafetensors(`it declares a header of ${length} bytes, more than the ${maxHeaderBytes} allowed`);
  }
  if (length > bytes.length - LENGTH_BYTES) {
    throw notSafetensors(`it declares a header of ${length} bytes and is ${bytes.length} bytes long`);
  }
  return length;
}

/** Every entry fills its range, and the ranges tile the data: no overlap, no hole, nothing left over. */
function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, dataBytes: number): void {
  for (const [name, { dtype, shape, begin, end }] of entries) {
    if (!Object.hasOwn(itemSizes, dtype)) {
      throw notSafetensors(`the tensor ${quote(name)} has dtype ${quote(dtype)}, expected ${dtypes.join(', ')}`);
    }
    let size = itemSizes[dtype as SafetensorsType];
    for (const dimension of shape) size *= dimension;
    // A product past 2^53 is rounded, but never down to a length that fits into memory.
    if (size === 0) throw notSafetensors(`the tensor ${quote(name)} has no elements, shape [${shape.join(', ')}]`);
    if (end > dataBytes || begin > end || end - begin !== size) {
      throw notSafetensors(
        `the tensor ${quote(name)} of shape [${shape.join(', ')}] takes ${size} bytes ` +
          `and is given ${begin} to ${end} of ${dataBytes}`,
      );
    }
  }
  let at = 0;
  for (const [name, { begin, end }] of [...entries].sort((a, b) => a[1].begin - b[1].begin)) {
    if (begin !== at) throw notSafetensors(`the tensor ${quote(name)} begins at byte ${begin}, expected ${at}`);
    at = end;
  }
  if (at !== dataBytes) throw notSafetensors(`${dataBytes - at} bytes after the last tensor`);
}

function arrayOf(dtype: SafetensorsType, buffer: ArrayBuffer): SafetensorsTensor['data'] {
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'I32') return new Int32Array(buffer);
  if (dtype === 'I64') return new BigInt64Array(buffer);
  return new Uint8Array(buffer);
}

function checkFinite(name: string, { dtype, data }: SafetensorsTensor): void {
  if (dtype !== 'F32' && dtype !== 'F64') return;
  const bad = firstNonFinite(data);
  if (bad >= 0) throw new FormatError(`The tensor ${quote(name)} holds ${data[bad]} at index ${bad}`);
}

function checkTensor(name: string, tensor: SafetensorsTensor): SafetensorsTensor & { name: string } {
  if (name === '__metadata__') throw new OptionError('ERR_OPTION_RANGE', 'A tensor cannot be called "__metadata__"');
  const owner = `tensor ${quote(name)}`;
  const { dtype, shape, data } = checkOptions<SafetensorsTensor>(owner, tensor, ['dtype', 'shape', 'data']);
  checkChoice(`dtype of ${owner}`, dtype, dtypes);
  const what = arrayOf(dtype, new ArrayBuffer(0)).constructor.name;
  // A Buffer is a Uint8Array, so its kind is asked, not its constructor.
  const right = dtype === 'U8' ? types.isUint8Array(data) : types.isTypedArray(data) && data.constructor.name === what;
  if (!right) throw wrongType(`a ${what}`, `data of ${owner}`, data);
  if (!Array.isArray(shape)) throw wrongType('an array of whole numbers', `shape of ${owner}`, shape);
  checkInteger(`number of dimensions of ${owner}`, shape.length, { max: 8 });
  const dimensions = shape.map((dimension, index) =>
    checkInteger(`shape[${index}] of ${owner}`, dimension, { min: 1 }),
  );
  const count = dimensions.reduce((product, dimension) => product * dimension, 1);
  if (count !== data.length) {
    throw new ShapeError(
      `Expected ${count} elements for ${owner}, shape [${shape.join(', ')}], received ${data.length}`,
    );
  }
  return { name, dtype, shape: dimensions, data } as SafetensorsTensor & { name: string };
}

function entriesOf<T>(what: string, value: Readonly<Record<string, T>> | ReadonlyMap<string, T>): [string, T][] {
  if (value instanceof Map) return [...value] as [string, T][];
  if (typeof value !== 'object' || value === null) throw wrongType('an object or a Map', what, value);
  return Object.entries(value as Readonly<Record<string, T>>);
}

function jsonString(text: string): string {
  if (typeof text !== 'string' || !isWellFormed(text)) throw wrongType('well-formed text', 'a name or value', text);
  return JSON.stringify(text);
}

function wrongType(what: string, name: string, value: unknown): OptionError {
  return new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
}

function notSafetensors(what: string): FormatError {
  return new FormatError(`Not a safetensors file: ${what}`);
}
