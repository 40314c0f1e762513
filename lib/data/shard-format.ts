import { expected } from '../core/checks.js';
import { FormatError } from '../core/errors.js';

/**
 * A shard: 64 bytes of header, then records of equal size, all little-endian.
 *
 *     0  "BLASNET\x01"     24  float64 scale       44  uint32 rows of an image, 0 for none
 *     8  uint64 records    32  uint32 kind         48  uint32 columns
 *    16  uint32 width      36  uint32 targetWidth  52  zeros
 *    20  uint32 classes    40  uint32 labels
 *
 * `kind` is 0 for features as bytes and 1 for float32; `labels` is 1 where records have one. A record is its features,
 * then the label as int32, then the targets as float32. native/engine/shards.h reads the same.
 */
export const SHARD_HEADER_BYTES = 64;
const MAGIC = 'BLASNET\x01';

/** What all shards of a set have in common. */
export interface ShardLayout {
  readonly width: number;
  readonly bytes: boolean;
  readonly labelled: boolean;
  readonly targetWidth: number;
  readonly scale: number;
  readonly classes: number;
  readonly imageShape: readonly [number, number] | undefined;
}

export function recordBytes(layout: Pick<ShardLayout, 'width' | 'bytes' | 'labelled' | 'targetWidth'>): number {
  const { width, bytes, labelled, targetWidth } = layout;
  return width * (bytes ? 1 : 4) + (labelled ? 4 : 0) + 4 * targetWidth;
}

export function encodeHeader(layout: ShardLayout, length: number): Uint8Array {
  const header = Buffer.alloc(SHARD_HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeBigUInt64LE(BigInt(length), 8);
  header.writeUInt32LE(layout.width, 16);
  header.writeUInt32LE(layout.classes, 20);
  header.writeDoubleLE(layout.scale, 24);
  header.writeUInt32LE(layout.bytes ? 0 : 1, 32);
  header.writeUInt32LE(layout.targetWidth, 36);
  header.writeUInt32LE(layout.labelled ? 1 : 0, 40);
  header.writeUInt32LE(layout.imageShape?.[0] ?? 0, 44);
  header.writeUInt32LE(layout.imageShape?.[1] ?? 0, 48);
  return header;
}

/**
 * Reads a header that may come from anywhere, and compares it with the size of its file.
 *
 * @throws FormatError saying what is wrong, with the file's path
 */
export function decodeHeader(path: string, bytes: Uint8Array, size: number): { layout: ShardLayout; length: number } {
  const wrong = (what: string) => new FormatError(`${path} is no shard: ${what}`);
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size < SHARD_HEADER_BYTES || header.length < SHARD_HEADER_BYTES) {
    throw wrong(`expected at least ${SHARD_HEADER_BYTES} bytes, received ${Math.min(size, header.length)}`);
  }
  if (header.toString('latin1', 0, 8) !== MAGIC) throw wrong('it does not begin as one');
  const whole = (at: number, what: string, least: number, most: number) => {
    const value = header.readUInt32LE(at);
    if (value < least || value > most) throw wrong(expected(`a whole number from ${least} to ${most}`, what, value));
    return value;
  };
  const length = header.readBigUInt64LE(8);
  const scale = header.readDoubleLE(24);
  if (!(Math.abs(scale) <= 1e30) || scale === 0) throw wrong(expected('a finite number', 'scale', scale));
  const [rows, columns] = [header.readUInt32LE(44), header.readUInt32LE(48)];
  const layout: ShardLayout = {
    width: whole(16, 'width', 1, 2 ** 24),
    classes: whole(20, 'classes', 0, 2 ** 24),
    scale,
    bytes: whole(32, 'kind', 0, 1) === 0,
    targetWidth: whole(36, 'targetWidth', 0, 2 ** 24),
    labelled: whole(40, 'labels', 0, 1) === 1,
    imageShape: rows === 0 && columns === 0 ? undefined : [rows, columns],
  };
  if (layout.imageShape !== undefined && rows * columns !== layout.width) {
    throw wrong(`an image of ${rows} x ${columns} is not ${layout.width} features`);
  }
  if (length < 1n || length > BigInt(2 ** 32)) throw wrong(`expected 1 to 2^32 records, received ${length}`);
  const wanted = SHARD_HEADER_BYTES + Number(length) * recordBytes(layout);
  if (size !== wanted) {
    const what = size < wanted ? 'truncated' : 'too long';
    throw new FormatError(`${path} is ${what}: expected ${wanted} bytes for ${length} records, received ${size}`);
  }
  return { layout, length: Number(length) };
}
