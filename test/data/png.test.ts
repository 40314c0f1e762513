import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePng, readPng } from '../../lib/data/png.js';
import { FileError, FormatError } from '../../lib/index.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { Mutator } from '../support/mutator.js';
import { chunk, pngFile } from '../support/png.js';

const grey2x2 = { width: 2, height: 2, depth: 8, colourType: 0, lines: Uint8Array.of(0, 10, 20, 0, 30, 40) };
const pixelsOf = (bytes: Uint8Array) => [...decodePng(bytes).pixels];
const greys = (...values: number[]) => values.flatMap((value) => [value, value, value, 255]);

describe('reads', () => {
  it('grey levels of 8 bits', () => {
    expect(pixelsOf(pngFile(grey2x2))).toEqual(greys(10, 20, 30, 40));
  });

  it('1, 2 and 4 bits, whose lines begin at a byte', () => {
    const lines = (bits: number) => Uint8Array.of(0, bits, 0, 0xff);
    expect(pixelsOf(pngFile({ ...grey2x2, width: 3, depth: 1, lines: lines(0b101_00000) }))).toEqual(
      greys(255, 0, 255, 255, 255, 255),
    );
    expect(pixelsOf(pngFile({ ...grey2x2, width: 3, depth: 2, lines: lines(0b00_01_10_00) }))).toEqual(
      greys(0, 85, 170, 255, 255, 255),
    );
    expect(pixelsOf(pngFile({ ...grey2x2, depth: 4, lines: lines(0x1e) }))).toEqual(greys(17, 238, 255, 255));
  });

  it('16 bits', () => {
    const lines = Uint8Array.of(0, 0x80, 0x80, 0xff, 0xff, 0, 0, 0, 0x40, 0x40);
    expect(pixelsOf(pngFile({ ...grey2x2, depth: 16, lines }))).toEqual(greys(128, 255, 0, 64));
  });

  it('colours, with and without transparency', () => {
    const lines = Uint8Array.of(0, 1, 2, 3);
    expect(pixelsOf(pngFile({ width: 1, height: 1, depth: 8, colourType: 2, lines }))).toEqual([1, 2, 3, 255]);
    const withAlpha = Uint8Array.of(0, 1, 2, 3, 4);
    expect(pixelsOf(pngFile({ width: 1, height: 1, depth: 8, colourType: 6, lines: withAlpha }))).toEqual([1, 2, 3, 4]);
    expect(pixelsOf(pngFile({ width: 1, height: 1, depth: 8, colourType: 4, lines: Uint8Array.of(0, 9, 7) }))).toEqual([
      9, 9, 9, 7,
    ]);
  });

  it('palettes', () => {
    const palette = chunk('PLTE', Uint8Array.of(255, 0, 0, 0, 0, 255));
    const file = { width: 2, height: 1, depth: 1, colourType: 3, lines: Uint8Array.of(0, 0b01_000000) };
    expect(pixelsOf(pngFile({ ...file, before: [palette] }))).toEqual([255, 0, 0, 255, 0, 0, 255, 255]);
    const transparency = chunk('tRNS', Uint8Array.of(7));
    expect(pixelsOf(pngFile({ ...file, before: [palette, transparency] }))).toEqual([255, 0, 0, 7, 0, 0, 255, 255]);
  });

  it('a suggested palette beside true colours, and chunks that it does not know', () => {
    const before = [chunk('PLTE', Uint8Array.of(1, 1, 1)), chunk('tEXt', Buffer.from('a\0b')), chunk('zzZz')];
    expect(
      pixelsOf(pngFile({ width: 1, height: 1, depth: 8, colourType: 2, lines: Uint8Array.of(0, 5, 6, 7), before })),
    ).toEqual([5, 6, 7, 255]);
  });

  it('interlaced images', () => {
    const data = Uint8Array.from({ length: 11 * 9 }, (_, i) => i);
    const image = { width: 11, height: 9, channels: 1, depth: 8, data } as const;
    expect(pixelsOf(encode(image, { interlace: 'Adam7' }))).toEqual(greys(...data));
  });
});

describe('refuses', () => {
  const oneGigapixel = { ...grey2x2, width: 32_768, height: 32_768 };
  const bomb = { ...grey2x2, lines: new Uint8Array(2 ** 22) };
  const iccBomb = chunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(2 ** 24))]));
  const whole = pngFile(grey2x2);
  const flipped = Buffer.from(whole);
  flipped[45] ^= 1;

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /no PNG/],
    ['another format', Buffer.from('GIF89a, and then more than enough bytes'), /no PNG/],
    ['a signature alone', whole.subarray(0, 8), /cut off/],
    ['a cut file', whole.subarray(0, whole.length - 5), /cut off/],
    ['too many pixels', pngFile(oneGigapixel), /1 to 16777216 pixels, found 32768 x 32768/],
    ['the largest numbers', pngFile({ ...grey2x2, width: 0xffffffff, height: 0xffffffff }), /4294967295 x 4294967295/],
    ['no pixels', pngFile({ ...grey2x2, width: 0 }), /found 0 x 2/],
    ['a depth that does not exist', pngFile({ ...grey2x2, depth: 3 }), /form that PNG does not have/],
    ['16 bits with a palette', pngFile({ ...grey2x2, depth: 16, colourType: 3 }), /form that PNG does not have/],
    ['interlacing below 8 bits', pngFile({ ...grey2x2, depth: 1, interlace: 1 }), /without interlacing/],
    ['more data than pixels', pngFile(bomb), /more than its size says/],
    ['less data than pixels', pngFile({ ...grey2x2, lines: Uint8Array.of(0, 1) }), /cut off/],
    ['two headers', pngFile({ ...grey2x2, before: [whole.subarray(8, 33)] }), /two headers/],
    ['a palette that is not there', pngFile({ ...grey2x2, colourType: 3 }), /./],
    ['a flipped bit', flipped, /damaged/],
  ])('%s', (_name, bytes, message) => {
    const error = thrownBy(() => decodePng(bytes));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(message);
  });

  it('nothing because of a chunk that is not needed, however large it unpacks', () => {
    expect(pixelsOf(pngFile({ ...grey2x2, before: [iccBomb] }))).toEqual(greys(10, 20, 30, 40));
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'blasnet-png-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are named in errors', async () => {
    const path = join(folder, 'text.png');
    writeFileSync(path, 'hello');
    const error = await rejectionOf(readPng(path));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toBe(`${path}: this is no PNG file`);
  });

  it('must be there and be files', async () => {
    expect(await rejectionOf(readPng(join(folder, 'none.png')))).toMatchObject({ code: 'ERR_FILE_MISSING' });
    expect(await rejectionOf(readPng(folder))).toBeInstanceOf(FileError);
  });

  it('give nothing but FormatErrors when they are mutated (20,000 inputs)', () => {
    const pixels = new Uint8Array(60).fill(77);
    const mutator = new Mutator(3, [
      pngFile(grey2x2),
      encode({ width: 5, height: 4, channels: 3, depth: 8, data: pixels }),
    ]);
    let read = 0;
    for (let round = 0; round < 20_000; round++) {
      try {
        const picture = decodePng(mutator.next());
        expect(picture.pixels.length).toBe(picture.width * picture.height * 4);
        read++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    expect(read).toBeGreaterThan(100);
  });
});
