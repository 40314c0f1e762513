import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { readIdx } from '../../lib/data/index.js';
import { thrownBy } from '../support/errors.js';
import { idxFile } from '../support/idx.js';

const values = Uint8Array.from({ length: 700 }, (_, index) => (index * index) >> 3);
const plain = idxFile(8, [700], values);
const packed = new Uint8Array(gzipSync(plain)); // a Buffer's slice would share its memory

function refused(bytes: Uint8Array): string {
  const error = thrownBy(() => readIdx(bytes));
  expect(error).toBeInstanceOf(FormatError);
  return error.message;
}

/** A gzip file made by hand: flags, what the flags announce, the deflated data, CRC and length of `packed`. */
function byHand(flags: number, extra: Uint8Array): Uint8Array {
  const head = Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3);
  return new Uint8Array(Buffer.concat([head, extra, deflateRawSync(plain), packed.subarray(-8)]));
}

describe('readIdx of gzipped files', () => {
  it('refuses a file cut off anywhere', () => {
    const points = new Set<number>();
    for (let at = 2; at < 40; at++) points.add(at);
    for (let back = 1; back <= 20; back++) points.add(packed.length - back);
    for (let at = 40; points.size < 200; at += 3) points.add(at);
    for (const at of points) expect(refused(packed.subarray(0, at))).toMatch(/gzip|IDX/);
  });

  it('refuses a file with any bit of its data flipped', () => {
    // The ten bytes of the gzip header hold a time and a system, which nothing checks; their flips must be harmless.
    for (let bit = 80; bit < packed.length * 8; bit++) {
      const flipped = packed.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      let read: Uint8Array | undefined;
      try {
        read = readIdx(flipped).values as Uint8Array;
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
      // A flip in unused bits of the last deflate byte changes nothing, and then nothing may have changed.
      if (read !== undefined) expect(read).toEqual(values);
    }
  });

  it('stops a bomb at the size its header declares', () => {
    const zeros = new Uint8Array(64 * 2 ** 20);
    zeros.set(plain);
    const before = process.memoryUsage().arrayBuffers;
    expect(refused(gzipSync(zeros))).toMatch(/holds more bytes than its content declares/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
  });

  it('refuses a size that deflate cannot reach, before it inflates', () => {
    expect(refused(gzipSync(idxFile(8, [2 ** 29], values)))).toMatch(/cannot hold/);
  });

  it('refuses gzip within gzip', () => {
    expect(refused(gzipSync(packed))).toMatch(/begins with 1f8b0800/);
  });

  it('refuses fewer bytes than declared', () => {
    expect(refused(gzipSync(plain.subarray(0, 600)))).toMatch(/holds 600 bytes, its content declares 708/);
  });

  it('reads several members as one file, and refuses one too many', () => {
    const two = Buffer.concat([gzipSync(plain.subarray(0, 300)), gzipSync(plain.subarray(300))]);
    expect(readIdx(two).values).toEqual(values);
    expect(refused(Buffer.concat([two, gzipSync(plain)]))).toMatch(/more bytes/);
    expect(readIdx(Buffer.concat([two, gzipSync('')])).values).toEqual(values);
  });

  it.each([
    ['zeros', Buffer.alloc(8)],
    ['text', Buffer.from('text')],
    ['half a member', packed.subarray(0, 20)],
  ])('refuses %s after the end', (_, rest) => {
    expect(refused(Buffer.concat([packed, rest]))).toMatch(/gzip/);
  });

  it('ignores the name a file claims to have', () => {
    expect(readIdx(byHand(8, Buffer.from('../../x\0'))).values).toEqual(values);
    expect(readIdx(byHand(4, Uint8Array.of(2, 0, 1, 1))).values).toEqual(values);
  });

  it('refuses a header whose name has no end', () => {
    expect(refused(byHand(8, Buffer.alloc(100_000, 65)))).toMatch(/gzip|IDX/);
  });

  it.each([
    ['zlib, not gzip', deflateSync(plain)],
    ['magic and nothing else', Uint8Array.of(0x1f, 0x8b)],
    ['magic and garbage', Uint8Array.of(0x1f, 0x8b, ...values)],
    ['an unknown method', Uint8Array.of(0x1f, 0x8b, 9, ...packed.subarray(3))],
    ['a file that was never ended', gzipSync(plain, { finishFlush: constants.Z_SYNC_FLUSH })],
  ])('refuses %s', (_, bytes) => {
    expect(refused(bytes)).toMatch(/Not a/);
  });
});
