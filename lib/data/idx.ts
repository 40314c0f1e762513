import { readItems } from '../core/byte-order.js';
import { checkInteger, checkOptions, expected } from '../core/checks.js';
import { FormatError, OptionError } from '../core/errors.js';
import { types } from 'node:util';
import { gunzipExactly, gunzipExactlySync, gunzipStart, isGzip, START_BYTES, type ReadAt } from './gzip.js';

export type IdxType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The content of an IDX file: `values.length` is the product of `shape`, the last dimension runs fastest. */
export interface IdxArray {
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly values: IdxValues;
}

export interface ReadIdxOptions {
  /** How many dimensions the file must have, 1 to 8; default any. */
  dimensions?: number;
  /** Most bytes the file may hold, decompressed; at least 1, default 1 GiB. */
  maxBytes?: number;
}

interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly itemSize: number;
  readonly valuesStart: number;
  /** Length of the whole file, decompressed, as the header declares it. */
  readonly fileBytes: number;
}

/** By the third byte of the file. */
const kinds = new Map<number, { type: IdxType; itemSize: number; array: new (buffer: ArrayBuffer) => IdxValues }>([
  [0x08, { type: 'uint8', itemSize: 1, array: Uint8Array }],
  [0x09, { type: 'int8', itemSize: 1, array: Int8Array }],
  [0x0b, { type: 'int16', itemSize: 2, array: Int16Array }],
  [0x0c, { type: 'int32', itemSize: 4, array: Int32Array }],
  [0x0d, { type: 'float32', itemSize: 4, array: Float32Array }],
  [0x0e, { type: 'float64', itemSize: 8, array: Float64Array }],
]);
const MAX_DIMENSIONS = 8;
const MAX_HEADER = 4 + 4 * MAX_DIMENSIONS;

/**
 * Reads an IDX array, the format of MNIST, gzipped or not; the bytes may come from anywhere. The header is checked
 * against the length of the file before anything is allocated, and a gzipped file is never inflated past the size that
 * its own header declares.
 *
 * Values of an uncompressed file of bytes share its memory; all others have memory of their own.
 *
 * @param bytes the whole file
 * @param options see {@link ReadIdxOptions}
 * @throws FormatError for anything that is not exactly one IDX array; OptionError for a wrong argument
 *
 * @example
 * const { shape, values } = readIdx(await readFile('t10k-images-idx3-ubyte.gz'), { dimensions: 3 });
 *
 * Source: Yann LeCun, Corinna Cortes, Christopher Burges, "The MNIST database of handwritten digits", section "file
 * formats".
 */
export function readIdx(bytes: Uint8Array, options?: ReadIdxOptions): IdxArray {
  const limits = checkLimits('readIdx', options);
  if (!types.isUint8Array(bytes)) throw new OptionError('ERR_OPTION_TYPE', expected('a Uint8Array', 'bytes', bytes));
  if (!isGzip(bytes)) return parse(bytes, limits);
  const { fileBytes } = parseHeader(gunzipStart(bytes, MAX_HEADER), limits);
  return parse(gunzipExactlySync(bytes, fileBytes), limits);
}

/**
 * {@link readIdx} of a file that is read as it is needed: a gzipped one is inflated on another thread and never in memory as
 * a whole.
 */
export async function readIdxFrom(read: ReadAt, bytes: number, limits: Required<ReadIdxOptions>): Promise<IdxArray> {
  const start = await readFully(read, Math.min(bytes, START_BYTES));
  if (!isGzip(start)) return parse(await readFully(read, bytes), limits);
  const { fileBytes } = parseHeader(gunzipStart(start, MAX_HEADER), limits);
  return parse(await gunzipExactly(read, { packed: bytes, content: fileBytes }), limits);
}

/** The first bytes of a file, or all where it is shorter. */
async function readFully(read: ReadAt, bytes: number): Promise<Uint8Array> {
  const memory = new Uint8Array(bytes);
  let end = 0;
  let count = 1;
  while (end < bytes && count > 0) {
    count = await read(memory.subarray(end), end);
    end += count;
  }
  return memory.subarray(0, end);
}

export function checkLimits(owner: string, options: ReadIdxOptions | undefined): Required<ReadIdxOptions> {
  const given = checkOptions<ReadIdxOptions>(owner, options, ['dimensions', 'maxBytes']);
  const { dimensions = 0, maxBytes = 2 ** 30 } = given;
  if (given.dimensions !== undefined) checkInteger('dimensions', dimensions, { min: 1, max: MAX_DIMENSIONS });
  checkInteger('maxBytes', maxBytes, { min: 1 });
  return { dimensions, maxBytes };
}

function parse(bytes: Uint8Array, limits: Required<ReadIdxOptions>): IdxArray {
  const { type, shape, itemSize, valuesStart, fileBytes } = parseHeader(bytes, limits);
  if (bytes.length !== fileBytes) {
    throw notIdx(`its header declares ${fileBytes} bytes, shape [${shape.join(', ')}], and it has ${bytes.length}`);
  }
  const count = (fileBytes - valuesStart) / itemSize;
  if (type === 'uint8') {
    return { type, shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + valuesStart, count) };
  }
  const { array } = kinds.get(bytes[2])!;
  return { type, shape, values: new array(readItems(bytes, valuesStart, count, itemSize, 'BE')) };
}

/** Reads magic, type and shape from the first bytes of a file, which need not be the whole of it. */
function parseHeader(start: Uint8Array, { dimensions, maxBytes }: Required<ReadIdxOptions>): IdxHeader {
  if (start.length < 4) throw notIdx(`it has ${start.length} bytes`);
  const kind = kinds.get(start[2]);
  if (start[0] !== 0 || start[1] !== 0 || kind === undefined) {
    const magic = Buffer.from(start.subarray(0, 4)).toString('hex');
    throw notIdx(`it begins with ${magic}, expected 0000, a type of 08 to 0e, and the number of dimensions`);
  }
  const rank = start[3];
  if (rank === 0 || rank > MAX_DIMENSIONS) throw notIdx(`it has ${rank} dimensions, expected 1 to ${MAX_DIMENSIONS}`);
  if (dimensions !== 0 && rank !== dimensions)
    throw new FormatError(`Expected ${dimensions} dimensions, received ${rank}`);
  const valuesStart = 4 + 4 * rank;
  if (start.length < valuesStart) throw notIdx('it ends within its header');

  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Past 2^53 the product is rounded, which is of no consequence: it is far over any limit by then.
  const fileBytes = shape.reduce((product, size) => product * size, kind.itemSize) + valuesStart;
  if (fileBytes === valuesStart) throw notIdx(`it holds no values, shape [${shape.join(', ')}]`);
  if (fileBytes > maxBytes) {
    throw new FormatError(`Expected at most ${maxBytes} bytes of IDX data, the header declares ${fileBytes}`);
  }
  return { type: kind.type, shape, itemSize: kind.itemSize, valuesStart, fileBytes };
}

function notIdx(what: string): FormatError {
  return new FormatError(`Not an IDX file: ${what}`);
}
