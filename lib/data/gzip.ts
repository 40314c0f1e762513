import { constants, createGunzip, gunzipSync, type Gunzip } from 'node:zlib';
import { BlasnetError, FormatError } from '../core/errors.js';

/** Deflate packs at most 1032 bytes into one. */
const MAX_RATIO = 1032;

/** The most output that is asked for at once, whatever a header declares; MNIST's images are 47 MB. */
const LARGEST_PIECE = 2 ** 26;

/** A gzipped file is read so much at a time. */
const READ_BYTES = 2 ** 18;

/** So much of a file's beginning is enough for {@link gunzipStart}. */
export const START_BYTES = 1024;

/** With `info`, zlib also tells how much of its input it has read. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Lengths in bytes: of the gzipped file, and of what it must hold. */
export interface GzipLengths {
  readonly packed: number;
  readonly content: number;
}

/** Fills an array from a place in a file, and tells how many bytes there were; 0 at its end. */
export type ReadAt = (into: Uint8Array, position: number) => Promise<number>;

/** Do the bytes begin like a gzip file? */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first `count` bytes of a gzipped file, or all of it where it is shorter. Only its first KiB is inflated, which is
 * at most one MiB of output whatever it holds, and room enough for the name that gzip may put before the data.
 */
export function gunzipStart(bytes: Uint8Array, count: number): Uint8Array {
  try {
    const start = bytes.subarray(0, START_BYTES);
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, count);
  } catch (cause) {
    throw gzipError(cause);
  }
}

/** Inflates a gzipped file of which it is known how long it must be; inflating stops where it turns out longer. */
export function gunzipExactlySync(bytes: Uint8Array, length: number): Uint8Array {
  const lengths = { packed: bytes.length, content: length };
  const options = { maxOutputLength: length, chunkSize: pieceFor(lengths), info: true };
  try {
    const { buffer, engine } = gunzipSync(bytes, options) as unknown as Inflated;
    checkInflated(lengths, engine.bytesWritten, buffer.length);
    return buffer;
  } catch (cause) {
    throw gzipError(cause);
  }
}

/**
 * {@link gunzipExactlySync} on another thread, of a file that is never in memory as a whole.
 *
 * @throws FormatError likewise; what `read` throws where that is one of our errors
 */
export async function gunzipExactly(read: ReadAt, lengths: GzipLengths): Promise<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceFor(lengths) });
  const pieces: Uint8Array[] = [];
  let written = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      gunzip.on('data', (piece: Uint8Array) => {
        pieces.push(piece);
        written += piece.length;
        if (written > lengths.content) gunzip.destroy(tooLong());
      });
      gunzip.on('error', reject);
      // Comes before all is read where zeros follow the last member.
      gunzip.on('end', resolve);
      feed(gunzip, read, lengths.packed).catch((error: unknown) => gunzip.destroy(error as Error));
    });
  } catch (cause) {
    throw gzipError(cause);
  } finally {
    gunzip.destroy();
  }
  checkInflated(lengths, gunzip.bytesWritten, written);
  return joined(pieces, written);
}

/** Writes a file into `gunzip`, always from the same memory: each piece has been taken in before the next one is read. */
async function feed(gunzip: Gunzip, read: ReadAt, bytes: number): Promise<void> {
  const memory = Buffer.allocUnsafeSlow(Math.min(bytes, READ_BYTES));
  for (let position = 0; position < bytes;) {
    const count = await read(memory.subarray(0, bytes - position), position);
    if (count === 0) break;
    position += count;
    const isOpen = await new Promise<boolean>((resolve) => {
      gunzip.write(memory.subarray(0, count), (error) => {
        resolve(!error);
      });
    });
    if (!isOpen) return;
  }
  gunzip.end();
}

/** Pieces put together; without a copy where they lie in a row in the same memory, as zlib gives those of one piece. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  let end = first.byteOffset;
  for (const { buffer, byteOffset, byteLength } of pieces) {
    if (buffer !== first.buffer || byteOffset !== end) return Buffer.concat(pieces, length);
    end += byteLength;
  }
  return new Uint8Array(first.buffer, first.byteOffset, length);
}

/** Bytes of output to ask zlib for at a time. */
function pieceFor({ packed, content }: GzipLengths): number {
  if (content > packed * MAX_RATIO) {
    throw new FormatError(
      `Not a valid gzip file: ${packed} bytes cannot hold the ${content} that its content declares`,
    );
  }
  // One piece that all of it fits into, and a little more: zlib asks for another where one is full to its end. A header can
  // lie: only what has been inflated asks for more than one piece.
  return Math.min(content + 1024, LARGEST_PIECE);
}

function checkInflated({ packed, content }: GzipLengths, read: number, written: number): void {
  if (written !== content) {
    throw new FormatError(`Not a valid gzip file: it holds ${written} bytes, its content declares ${content}`);
  }
  if (read !== packed) throw new FormatError(`Not a valid gzip file: ${packed - read} bytes after its end`);
}

function gzipError(cause: unknown): unknown {
  if (cause instanceof BlasnetError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLong(cause);
  return new FormatError(`Not a valid gzip file: ${message}`, { cause });
}

function tooLong(cause?: unknown): FormatError {
  return new FormatError('Not a valid gzip file: it holds more bytes than its content declares', { cause });
}
