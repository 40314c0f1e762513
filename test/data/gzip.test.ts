import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileError, FormatError } from '../../lib/core/errors.js';
import { checkLimits, readIdxFrom } from '../../lib/data/idx.js';
import { readIdx, type IdxArray } from '../../lib/data/index.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { idxFile, readerOf } from '../support/idx.js';

const values = Uint8Array.from({ length: 700 }, (_, index) => (index * index) >> 3);
const plain = idxFile(8, [700], values);
const packed = new Uint8Array(gzipSync(plain)); // a Buffer's slice would share its memory

/** As `readIdxFile` reads a file, in parts. */
async function readInParts(bytes: Uint8Array, most = 64): Promise<IdxArray> {
  return readIdxFrom(readerOf(bytes, most), bytes.length, checkLimits('readIdxFile', {}));
}

/** Both ways to read refuse the bytes, in the same words. */
async function refused(bytes: Uint8Array, most?: number): Promise<string> {
  const error = thrownBy(() => readIdx(bytes));
  expect(error).toBeInstanceOf(FormatError);
  const other = await rejectionOf(readInParts(bytes, most));
  expect(other).toBeInstanceOf(FormatError);
  expect(other.message).toBe(error.message);
  return error.message;
}

/** What both ways read. */
async function read(bytes: Uint8Array): Promise<IdxArray['values']> {
  const { values } = readIdx(bytes);
  expect((await readInParts(bytes)).values).toEqual(values);
  return values;
}

/** A gzip file made by hand: flags, what the flags announce, the deflated data, CRC and length of `packed`. */
function byHand(flags: number, extra: Uint8Array): Uint8Array {
  const head = Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3);
  return new Uint8Array(Buffer.concat([head, extra, deflateRawSync(plain), packed.subarray(-8)]));
}

describe('readIdx of gzipped files', () => {
  it('refuses a file cut off anywhere', async () => {
    const points = new Set<number>();
    for (let at = 2; at < 40; at++) points.add(at);
    for (let back = 1; back <= 20; back++) points.add(packed.length - back);
    for (let at = 40; points.size < 200; at += 3) points.add(at);
    for (const at of points) expect(await refused(packed.subarray(0, at))).toMatch(/gzip|IDX/);
  });

  it('refuses a file with any bit of its data flipped', async () => {
    // The ten bytes of the gzip header hold a time and a system, which nothing checks; their flips must be harmless.
    for (let bit = 80; bit < packed.length * 8; bit++) {
      const flipped = packed.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      let found: Uint8Array | undefined;
      try {
        found = readIdx(flipped).values as Uint8Array;
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
      // A flip in unused bits of the last deflate byte changes nothing, and then nothing may have changed.
      if (found !== undefined) expect(found).toEqual(values);
      const inParts = await readInParts(flipped).catch((error: unknown) => error);
      if (found === undefined) expect(inParts).toBeInstanceOf(FormatError);
      else expect((inParts as IdxArray).values).toEqual(values);
    }
  });

  it('stops a bomb at the size its header declares', async () => {
    const zeros = new Uint8Array(64 * 2 ** 20);
    zeros.set(plain);
    const before = process.memoryUsage().arrayBuffers;
    expect(await refused(gzipSync(zeros), 2 ** 16)).toMatch(/holds more bytes than its content declares/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
  });

  it('holds content of one piece once, and puts larger content together', async () => {
    const image = new Uint8Array(70 * 2 ** 20 - 8).fill(7);
    for (const size of [30 * 2 ** 20, image.length]) {
      const file = gzipSync(idxFile(8, [size], image.subarray(0, size)), { level: 1 });
      const { values: found } = await readInParts(file, 2 ** 18);
      expect(found).toHaveLength(size);
      expect(found.every((value) => value === 7)).toBe(true);
      if (size < 2 ** 26) expect(found.buffer.byteLength).toBeLessThan(size + 2048);
    }
  });

  it('asks for no more than is read, where zeros follow the end', async () => {
    let most = 0;
    const bytes = Buffer.concat([packed, Buffer.alloc(2 ** 20)]);
    const from = readerOf(bytes, 4096);
    const counting = async (into: Uint8Array, position: number) => {
      most = Math.max(most, position);
      return from(into, position);
    };
    const error = await rejectionOf(readIdxFrom(counting, bytes.length, checkLimits('readIdxFile', {})));
    expect(error.message).toBe('Not a valid gzip file: 1048576 bytes after its end');
    expect(most).toBeLessThan(2 ** 16);
  });

  it('gives up with the error of the reader', async () => {
    const from = readerOf(packed, 16);
    const failing = async (into: Uint8Array, position: number) => {
      if (position >= 64 && into.length < 1024) throw new FileError('ERR_FILE_READ', 'Could not read it');
      return from(into, position);
    };
    const error = await rejectionOf(readIdxFrom(failing, packed.length, checkLimits('readIdxFile', {})));
    expect(error).toMatchObject({ code: 'ERR_FILE_READ', message: 'Could not read it' });
  });

  it('refuses a size that deflate cannot reach, before it inflates', async () => {
    expect(await refused(gzipSync(idxFile(8, [2 ** 29], values)))).toMatch(/cannot hold/);
  });

  it('refuses gzip within gzip', async () => {
    expect(await refused(gzipSync(packed))).toMatch(/begins with 1f8b0800/);
  });

  it('refuses fewer bytes than declared', async () => {
    expect(await refused(gzipSync(plain.subarray(0, 600)))).toMatch(/holds 600 bytes, its content declares 708/);
  });

  it('reads several members as one file, and refuses one too many', async () => {
    const two = Buffer.concat([gzipSync(plain.subarray(0, 300)), gzipSync(plain.subarray(300))]);
    expect(await read(two)).toEqual(values);
    expect(await refused(Buffer.concat([two, gzipSync(plain)]))).toMatch(/more bytes/);
    expect(await read(Buffer.concat([two, gzipSync('')]))).toEqual(values);
  });

  it.each([
    ['zeros', Buffer.alloc(8)],
    ['text', Buffer.from('text')],
  ])('refuses %s after the end', async (_, rest) => {
    expect(await refused(Buffer.concat([packed, rest]))).toMatch(/gzip/);
  });

  it('refuses half a member after the end', async () => {
    const bytes = Buffer.concat([packed, packed.subarray(0, 20)]);
    expect(thrownBy(() => readIdx(bytes)).message).toMatch(/gzip file: unexpected end of file/);
    // In parts there is too much before there is too little.
    expect((await rejectionOf(readInParts(bytes))).message).toMatch(/gzip file: it holds more bytes/);
  });

  it('ignores the name a file claims to have', async () => {
    expect(await read(byHand(8, Buffer.from('../../x\0')))).toEqual(values);
    expect(await read(byHand(4, Uint8Array.of(2, 0, 1, 1)))).toEqual(values);
  });

  it('refuses a header whose name has no end', async () => {
    expect(await refused(byHand(8, Buffer.alloc(100_000, 65)))).toMatch(/gzip|IDX/);
  });

  it.each([
    ['zlib, not gzip', deflateSync(plain)],
    ['magic and nothing else', Uint8Array.of(0x1f, 0x8b)],
    ['magic and garbage', Uint8Array.of(0x1f, 0x8b, ...values)],
    ['an unknown method', Uint8Array.of(0x1f, 0x8b, 9, ...packed.subarray(3))],
    ['a file that was never ended', gzipSync(plain, { finishFlush: constants.Z_SYNC_FLUSH })],
  ])('refuses %s', async (_, bytes) => {
    expect(await refused(bytes)).toMatch(/Not a/);
  });
});
