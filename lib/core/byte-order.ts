import { endianness } from 'node:os';

/**
 * Copies `count` items of `itemSize` bytes out of a file into a buffer of their own, in this machine's byte order.
 * A copy, because the items of a file rarely start where a typed array may, and because the caller owns the file.
 *
 * @param order the byte order of the file
 */
export function readItems(
  file: Uint8Array,
  offset: number,
  count: number,
  itemSize: number,
  order: 'BE' | 'LE',
): ArrayBuffer {
  const copy = new Uint8Array(count * itemSize);
  copy.set(file.subarray(offset, offset + copy.length));
  if (order !== endianness()) swapItems(copy, itemSize);
  return copy.buffer;
}

/** Reverses the bytes of every item, in place. */
export function swapItems(bytes: Uint8Array, itemSize: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (itemSize === 2) buffer.swap16();
  if (itemSize === 4) buffer.swap32();
  if (itemSize === 8) buffer.swap64();
}
