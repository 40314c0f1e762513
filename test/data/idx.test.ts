import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError, OptionError } from '../../lib/core/errors.js';
import { readIdx, type IdxArray, type ReadIdxOptions } from '../../lib/data/index.js';
import { checkLimits, readIdxFrom } from '../../lib/data/idx.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { idxFile, readerOf } from '../support/idx.js';

/** Big-endian bytes of numbers, by the DataView setter of their type. */
function bigEndian(
  setter: 'setInt16' | 'setInt32' | 'setFloat32' | 'setFloat64',
  size: number,
  values: number[],
): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, index) => view[setter](index * size, value));
  return new Uint8Array(view.buffer);
}

/** As `readIdxFile` reads a file, in parts of five bytes. */
async function readInParts(bytes: Uint8Array, options?: ReadIdxOptions): Promise<IdxArray> {
  return readIdxFrom(readerOf(bytes, 5), bytes.length, checkLimits('readIdxFile', options));
}

const good = idxFile(8, [2, 1, 3], [1, 2, 3, 4, 5, 6]);

describe('readIdx', () => {
  it.each([
    ['uint8', 8, Uint8Array.of(0, 255, 7), Uint8Array.of(0, 255, 7)],
    ['int8', 9, Uint8Array.of(0, 255, 7), Int8Array.of(0, -1, 7)],
    ['int16', 11, bigEndian('setInt16', 2, [1, -2, 300]), Int16Array.of(1, -2, 300)],
    ['int32', 12, bigEndian('setInt32', 4, [1, -2, 70000]), Int32Array.of(1, -2, 70000)],
    ['float32', 13, bigEndian('setFloat32', 4, [1, -2.5, NaN]), Float32Array.of(1, -2.5, NaN)],
    ['float64', 14, bigEndian('setFloat64', 8, [1, -2.5, 1e300]), Float64Array.of(1, -2.5, 1e300)],
  ])('reads %s, plain, gzipped and at an odd offset', async (type, code, bytes, values) => {
    const file = idxFile(code, [3], bytes);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    for (const input of [file, gzipSync(file), shifted.subarray(3)]) {
      expect(readIdx(input)).toEqual({ type, shape: [3], values });
      expect(await readInParts(input)).toEqual({ type, shape: [3], values });
    }
  });

  it('reads shapes of one to eight dimensions', () => {
    expect(readIdx(good, { dimensions: 3 }).shape).toEqual([2, 1, 3]);
    expect(readIdx(idxFile(8, [1, 1, 1, 1, 1, 1, 1, 2], [5, 6])).shape).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
  });

  const most = 0xffffffff;
  it.each<[string, Uint8Array, RegExp, number?]>([
    ['no bytes', new Uint8Array(0), /0 bytes/],
    ['three bytes', good.slice(0, 3), /3 bytes/],
    ['a header that ends early', good.slice(0, 15), /within its header/],
    ['text', Buffer.from('<!DOCTYPE html>'), /begins with 3c21444f/],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), /begins with 89504e47/],
    ['an unknown type', idxFile(0x0a, [1], [1]), /begins with 00000a01/],
    ['type 0', idxFile(0, [1], [1]), /begins with 00000001/],
    ['no dimensions', idxFile(8, [], [1]), /0 dimensions/],
    [
      'nine dimensions',
      idxFile(
        8,
        Array.from({ length: 9 }, () => 1),
        [1],
      ),
      /9 dimensions/,
    ],
    [
      '255 dimensions',
      idxFile(
        8,
        Array.from({ length: 255 }, () => 1),
        [1],
      ),
      /255 dimensions/,
    ],
    ['no items', idxFile(8, [0]), /no values, shape \[0\]/],
    ['no columns', idxFile(8, [4, 0], [1]), /no values/],
    ['a byte too few', good.slice(0, -1), /declares 22 bytes, shape \[2, 1, 3\], and it has 21/],
    ['a byte too many', idxFile(8, [2], [1, 2, 3]), /declares 10 bytes.*has 11/],
    ['2^32 - 1 items', idxFile(8, [most], [1]), /at most 1073741824 bytes/],
    [
      '(2^32 - 1)^8 doubles',
      idxFile(
        14,
        Array.from({ length: 8 }, () => most),
      ),
      /at most/,
    ],
    ['a product of 2^32', idxFile(8, [65536, 65536], [1]), /at most/],
    ['a product of 2^64', idxFile(8, [65536, 65536, 65536, 65536], [1]), /at most/],
    ['labels where images are expected', idxFile(8, [2], [1, 2]), /Expected 3 dimensions, received 1/, 3],
    ['images where labels are expected', good, /Expected 1 dimensions, received 3/, 1],
  ])('refuses %s, plain and gzipped', async (_, bytes, says, dimensions) => {
    const options = dimensions === undefined ? {} : { dimensions };
    for (const error of [
      thrownBy(() => readIdx(bytes, options)),
      thrownBy(() => readIdx(gzipSync(bytes), options)),
      await rejectionOf(readInParts(bytes, options)),
      await rejectionOf(readInParts(gzipSync(bytes), options)),
    ]) {
      expect(error).toBeInstanceOf(FormatError);
      // A gzipped file of another length fails as one: inflating it stops where its header says.
      expect(error.message).toMatch(/Not a valid gzip file/.test(error.message) ? /it holds/ : says);
    }
    expect(thrownBy(() => readIdx(bytes, options)).message).toMatch(says);
  });

  it('keeps to a limit given', () => {
    expect(readIdx(good, { maxBytes: good.length }).shape).toEqual([2, 1, 3]);
    expect(thrownBy(() => readIdx(good, { maxBytes: good.length - 1 })).message).toMatch(
      /at most 21 bytes.*declares 22/,
    );
  });

  it('refuses wrong arguments', () => {
    expect(thrownBy(() => readIdx('x' as never))).toBeInstanceOf(OptionError);
    expect(thrownBy(() => readIdx(good, { dimensions: 0 }))).toBeInstanceOf(OptionError);
    expect(thrownBy(() => readIdx(good, { maxBytes: 0 }))).toBeInstanceOf(OptionError);
    expect(thrownBy(() => readIdx(good, { dimension: 3 } as never)).message).toMatch(/did you mean dimensions/);
  });
});
