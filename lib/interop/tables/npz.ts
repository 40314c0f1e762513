import { crc32, inflateRawSync } from 'node:zlib';
import { types } from 'node:util';
import { expected } from '../../core/checks.js';
import { FormatError, OptionError } from '../../core/errors.js';
import { readNpy, type NumpyArray } from './npy.js';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const MOST_ENTRIES = 10_000;
const MOST_BYTES = 2 ** 32 - 1;

/**
 * Reads the arrays that `numpy.savez` or `numpy.savez_compressed` wrote, by name.
 *
 * @param bytes the whole file, a ZIP archive of `.npy` files, with at most 10,000 of them
 * @param names which to read; default all
 * @throws FormatError for a damaged archive, wrong check sums, and all that {@link readNpy} throws, naming the array;
 *   OptionError for a name that is not there, naming those that are
 *
 * @example
 * const arrays = readNpz(await readFile('data.npz'));
 * arrays.get('features')?.shape;
 */
export function readNpz(bytes: Uint8Array, names?: readonly string[]): Map<string, NumpyArray> {
  if (!types.isUint8Array(bytes)) throw new OptionError('ERR_OPTION_TYPE', expected('a Uint8Array', 'bytes', bytes));
  const entries = readDirectory(bytes);
  const wanted = names ?? [...entries.keys()];
  const absent = wanted.find((name) => !entries.has(name));
  if (absent !== undefined) {
    const there = [...entries.keys()].join(', ');
    throw new OptionError('ERR_OPTION_CHOICE', `There is no array "${absent}" in the archive; there are: ${there}`);
  }
  return new Map(
    wanted.map((name) => {
      try {
        return [name, readNpy(extract(bytes, entries.get(name)!))];
      } catch (error) {
        if (error instanceof FormatError) throw new FormatError(`${name}: ${error.message}`, { cause: error });
        throw error;
      }
    }),
  );
}

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The directory at the end of the archive, which is what counts; local headers may leave sizes out. */
function readDirectory(bytes: Uint8Array): Map<string, Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The end record is 22 bytes long and may be followed by a comment.
  let end = bytes.length - 22;
  const last = Math.max(0, end - 65_535);
  while (end >= last && view.getUint32(end, true) !== END) end--;
  if (end < last || end < 0) throw broken('it has no directory');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > MOST_ENTRIES || at === MOST_BYTES) throw broken('it is too large');
  const entries = new Map<string, Entry>();
  for (let left = count; left > 0; left--) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) throw broken('its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
    const entry = {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    entries.set(name.replace(/\.npy$/, ''), entry);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function extract(bytes: Uint8Array, { method, crc, packed, size, offset }: Entry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (packed === MOST_BYTES || size === MOST_BYTES || offset === MOST_BYTES)
    throw broken('an array is larger than 4 GiB');
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    throw broken('an entry is not where it should be');
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw broken('it ends within an array');
  const content = unpack(bytes.subarray(start, start + packed), method, size);
  if (content.length !== size || crc32(content) !== crc) throw broken('the check sum of an array is wrong');
  return content;
}

/** Stored (0) or deflated (8); never more bytes than the directory promises. */
function unpack(content: Uint8Array, method: number, size: number): Uint8Array {
  if (method === 0) return content;
  if (method !== 8) throw broken(`an array is packed by method ${method}`);
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw broken(`an array cannot be unpacked (${(error as Error).message})`, error);
  }
}

function broken(what: string, cause?: unknown): FormatError {
  return new FormatError(`Not a NumPy archive that can be read: ${what}`, { cause });
}
