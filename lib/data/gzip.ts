import { constants, gunzip, gunzipSync } from 'node:zlib';
import { FormatError } from '../core/errors.js';

/** Deflate packs at most 1032 bytes into one. */
const MAX_RATIO = 1032;

/** The most output that is asked for at once, whatever a header declares; MNIST's images are 47 MB. */
const LARGEST_PIECE = 2 ** 26;

/** With `info`, zlib also tells how much of its input it has read. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

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
    const start = bytes.subarray(0, 1024);
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, count);
  } catch (cause) {
    throw gzipError(cause);
  }
}

/** Inflates a gzipped file of which it is known how long it must be; inflating stops where it turns out longer. */
export function gunzipExactlySync(bytes: Uint8Array, length: number): Uint8Array {
  try {
    return checkInflated(bytes, length, gunzipSync(bytes, optionsFor(bytes, length)) as unknown as Inflated);
  } catch (cause) {
    throw gzipError(cause);
  }
}

/** {@link gunzipExactlySync} on another thread. The bytes must not be transferred away meanwhile. */
export function gunzipExactly(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    try {
      gunzip(bytes, optionsFor(bytes, length), (cause, result) => {
        if (cause) return reject(gzipError(cause));
        try {
          resolve(checkInflated(bytes, length, result as unknown as Inflated));
        } catch (error) {
          reject(error);
        }
      });
    } catch (error) {
      reject(error);
    }
  });
}

function optionsFor(bytes: Uint8Array, length: number) {
  if (length > bytes.length * MAX_RATIO) {
    throw new FormatError(
      `Not a valid gzip file: ${bytes.length} bytes cannot hold the ${length} that its content declares`,
    );
  }
  // One piece that all of it fits into, and a little more: zlib would put several together by a copy, and asks for another
  // where one is full to its end. A header can lie: only what has been inflated asks for more than one piece.
  const chunkSize = Math.min(length + 1024, LARGEST_PIECE);
  return { maxOutputLength: length, chunkSize, info: true };
}

function checkInflated(bytes: Uint8Array, length: number, { buffer, engine }: Inflated): Uint8Array {
  if (buffer.length !== length) {
    throw new FormatError(`Not a valid gzip file: it holds ${buffer.length} bytes, its content declares ${length}`);
  }
  if (engine.bytesWritten !== bytes.length) {
    const rest = bytes.length - engine.bytesWritten;
    throw new FormatError(`Not a valid gzip file: ${rest} bytes after its end`);
  }
  return buffer;
}

function gzipError(cause: unknown): unknown {
  if (cause instanceof FormatError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const tooLong = code === 'ERR_BUFFER_TOO_LARGE';
  const why = tooLong ? 'it holds more bytes than its content declares' : message;
  return new FormatError(`Not a valid gzip file: ${why}`, { cause });
}
