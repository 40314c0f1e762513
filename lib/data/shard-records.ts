import { open, type FileHandle } from 'node:fs/promises';
import { FormatError } from '../core/errors.js';
import type { ShardFiles } from '../core/shard-files.js';
import { readFailure } from './read-failure.js';
import { recordBytes, SHARD_HEADER_BYTES } from './shard-format.js';

/** Samples as both engines take them. */
export interface Records {
  readonly length: number;
  readonly width: number;
  readonly features: Uint8Array | Float32Array;
  readonly scale: number;
  readonly labels: Int32Array | undefined;
  readonly targets: Float32Array | undefined;
  readonly targetWidth: number;
}

const READ_BYTES = 2 ** 20;

/**
 * Reads threes of shard, first record and count, one after the other: what native/engine/shards.cc does on a thread of its
 * own. The event loop is free between reads.
 *
 * @throws FormatError for a file that has another size by now, labels out of range, or values that are not finite
 */
export async function readRecords(files: ShardFiles, ranges: ArrayLike<number>): Promise<Records> {
  const { width, targetWidth, scale } = files;
  let length = 0;
  for (let i = 2; i < ranges.length; i += 3) length += ranges[i];
  const records = {
    length,
    width,
    features: files.bytes ? new Uint8Array(length * width) : new Float32Array(length * width),
    scale,
    labels: files.labelled ? new Int32Array(length) : undefined,
    targets: targetWidth > 0 ? new Float32Array(length * targetWidth) : undefined,
    targetWidth,
  };
  const stride = recordBytes(files);
  const atOnce = Math.max(1, Math.floor(READ_BYTES / stride));
  const buffer = new Uint8Array(Math.min(atOnce, length) * stride);
  let at = 0;
  let file: FileHandle | undefined;
  try {
    for (let i = 0; i < ranges.length; i += 3) {
      const [shard, first, count] = [ranges[i], ranges[i + 1], ranges[i + 2]];
      const path = files.paths[shard];
      if (i === 0 || shard !== ranges[i - 3]) {
        await file?.close();
        file = undefined;
        file = await openChecked(path, SHARD_HEADER_BYTES + files.lengths[shard] * stride);
      }
      for (let done = 0; done < count; done += atOnce) {
        const part = Math.min(atOnce, count - done);
        const offset = SHARD_HEADER_BYTES + (first + done) * stride;
        await readWhole(file as FileHandle, buffer.subarray(0, part * stride), offset, path);
        takeApart(buffer, records, at, part, { files, path, first: first + done });
        at += part;
      }
    }
  } finally {
    await file?.close();
  }
  return records;
}

async function openChecked(path: string, bytes: number): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw readFailure('a shard', path, cause);
  }
  const { size } = await file.stat();
  if (size === bytes) return file;
  await file.close();
  throw new FormatError(`Expected ${bytes} bytes in the shard ${path}, found ${size}`);
}

async function readWhole(file: FileHandle, into: Uint8Array, offset: number, path: string): Promise<void> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, offset + at);
    if (bytesRead === 0) throw new FormatError(`Cannot read the shard ${path}: it ends too soon`);
    at += bytesRead;
  }
}

function takeApart(
  buffer: Uint8Array,
  { features, labels, targets, width, targetWidth }: Records,
  at: number,
  count: number,
  { files, path, first }: { files: ShardFiles; path: string; first: number },
): void {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const floats = (into: Float32Array, to: number, from: number, length: number, record: number) => {
    for (let j = 0; j < length; j++) {
      into[to + j] = view.getFloat32(from + 4 * j, true);
      if (Number.isFinite(into[to + j])) continue;
      throw new FormatError(`Expected finite values in record ${record} of the shard ${path}`);
    }
  };
  let from = 0;
  for (let i = 0; i < count; i++) {
    const to = (at + i) * width;
    if (features instanceof Uint8Array) {
      features.set(buffer.subarray(from, from + width), to);
      from += width;
    } else {
      floats(features, to, from, width, first + i);
      from += 4 * width;
    }
    if (labels !== undefined) {
      const label = view.getInt32(from, true);
      if (label < 0 || label >= files.classes) {
        const message = `Expected a label below ${files.classes} in record ${first + i} of the shard ${path}, found ${label}`;
        throw new FormatError(message);
      }
      labels[at + i] = label;
      from += 4;
    }
    if (targets !== undefined) {
      floats(targets, (at + i) * targetWidth, from, targetWidth, first + i);
      from += 4 * targetWidth;
    }
  }
}
