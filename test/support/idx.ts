/** An IDX file: type byte, shape, and the bytes of its values, big endian. */
export function idxFile(type: number, shape: readonly number[], values: ArrayLike<number> = []): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, type);
  header.setUint8(3, shape.length);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  const file = new Uint8Array(header.byteLength + values.length);
  file.set(new Uint8Array(header.buffer));
  file.set(values, header.byteLength);
  return file;
}

/** Bytes as a file that is read from places, at most `most` of them at a time. */
export function readerOf(bytes: Uint8Array, most = Infinity): (into: Uint8Array, position: number) => Promise<number> {
  return async (into, position) => {
    const part = bytes.subarray(position, position + Math.min(into.length, most));
    into.set(part);
    return Promise.resolve(part.length);
  };
}
