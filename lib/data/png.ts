import { open } from 'node:fs/promises';
import { constants, inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import { FileError, FormatError } from '../core/errors.js';
import { readFailure } from './read-failure.js';

/** Red, green, blue and alpha, a byte each, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_BYTES = 2 ** 26;
const MOST_PIXELS = 2 ** 24;
const INDEXED = 3;

/** Samples a pixel and bit depths allowed, by colour type. */
const colourTypes = new Map<number, { samples: number; depths: readonly number[] }>([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { samples: 3, depths: [8, 16] }],
  [INDEXED, { samples: 1, depths: [1, 2, 4, 8] }],
  [4, { samples: 2, depths: [8, 16] }],
  [6, { samples: 4, depths: [8, 16] }],
]);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

/**
 * Reads a PNG file that may come from anywhere. Its size in pixels is known from its header before anything is decoded,
 * and nothing in it can unpack to more than that size asks for.
 *
 * @throws FileError, or FormatError saying what is wrong with the file
 */
export async function readPng(path: string): Promise<Picture> {
  const bytes = await readBounded(path);
  try {
    return decodePng(bytes);
  } catch (error) {
    throw error instanceof FormatError ? new FormatError(`${path}: ${error.message}`, { cause: error }) : error;
  }
}

/** Decodes PNG bytes; see {@link readPng}. @throws FormatError and nothing else */
export function decodePng(bytes: Uint8Array): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(file);
  const needed = neededChunks(file);
  checkUnpackedSize(needed.data, header);
  try {
    const pixels = toRgba(decode(needed.file, { checkCrc: true }), header);
    return { width: header.width, height: header.height, pixels };
  } catch (cause) {
    throw new FormatError('the file is damaged', { cause });
  }
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const info = await file.stat();
      if (!info.isFile()) throw new FileError('ERR_FILE_READ', `Expected a PNG file at ${path}, found something else`);
      const start = Buffer.alloc(33);
      await file.read(start, 0, 33, 0);
      const named = (error: FormatError) => new FormatError(`${path}: ${error.message}`, { cause: error });
      try {
        readHeader(start.subarray(0, Math.min(33, info.size)));
        if (info.size > MOST_BYTES) throw new FormatError(`expected at most ${MOST_BYTES} bytes, found ${info.size}`);
      } catch (error) {
        throw error instanceof FormatError ? named(error) : error;
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof FileError || cause instanceof FormatError) throw cause;
    throw readFailure('a PNG file', path, cause);
  }
}

function readHeader(file: Buffer): Header {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new FormatError('this is no PNG file');
  if (file.length < 33) throw new FormatError('the file is cut off');
  const [length, name] = [file.readUInt32BE(8), file.toString('latin1', 12, 16)];
  if (length !== 13 || name !== 'IHDR') throw new FormatError('a PNG file begins with IHDR, this one does not');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [depth, colourType, compression, filter, interlace] = file.subarray(24, 29);
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) {
    throw new FormatError(`expected 1 to ${MOST_PIXELS} pixels, found ${width} x ${height}`);
  }
  const type = colourTypes.get(colourType);
  if (type?.depths.includes(depth) !== true || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new FormatError('its header names a form that PNG does not have');
  }
  if (interlace === 1 && depth < 8) {
    throw new FormatError(`interlaced images of ${depth} bits are not read; save it without interlacing`);
  }
  return { width, height, depth, colourType, interlaced: interlace === 1 };
}

/** The file with the chunks that make the image, and no others; and the packed image. */
function neededChunks(file: Buffer): { file: Buffer; data: Buffer } {
  const kept: Buffer[] = [SIGNATURE];
  const data: Buffer[] = [];
  for (let at = 8; ;) {
    if (at + 12 > file.length) throw new FormatError('the file is cut off');
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) throw new FormatError('the file is cut off');
    const name = file.toString('latin1', at + 4, at + 8);
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(name)) {
      if (name === 'IHDR' && at > 8) throw new FormatError('it has two headers');
      if (name === 'IDAT') data.push(file.subarray(at + 8, end - 4));
      kept.push(file.subarray(at, end));
    }
    if (name === 'IEND') break;
    at = end;
  }
  return { file: Buffer.concat(kept), data: Buffer.concat(data) };
}

/** Whether the packed image is as large as the header says: neither less nor, as a hostile one may be, far more. */
function checkUnpackedSize(data: Buffer, header: Header): void {
  const most = unpackedSize(header);
  let size: number;
  try {
    size = inflateSync(data, { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH }).length;
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new FormatError(tooLarge ? 'it holds more than its size says' : 'its image is damaged', { cause: error });
  }
  if (size < most) throw new FormatError('its image is cut off');
}

/** Bytes of all lines with their filter bytes. Interlaced images come in seven passes, each an image of its own. */
function unpackedSize({ width, height, depth, colourType, interlaced }: Header): number {
  const bits = depth * colourTypes.get(colourType)!.samples;
  const size = (columns: number, rows: number) => (columns > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0);
  if (!interlaced) return size(width, height);
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  const steps = (extent: number, first: number, step: number) => Math.max(0, Math.ceil((extent - first) / step));
  return passes.reduce((sum, [x, y, dx, dy]) => sum + size(steps(width, x, dx), steps(height, y, dy)), 0);
}

function toRgba(picture: DecodedPng, header: Header): Uint8Array {
  const count = header.width * header.height;
  const pixels = new Uint8Array(count * 4);
  const indexed = header.colourType === INDEXED;
  const data = indexed ? convertIndexedToRgb(picture) : samplesAsBytes(picture);
  const channels = indexed ? data.length / count : picture.channels;
  const [coloured, hasAlpha] = [channels > 2, channels % 2 === 0];
  for (let i = 0; i < count; i++) {
    const from = i * channels;
    pixels[4 * i] = data[from];
    pixels[4 * i + 1] = data[coloured ? from + 1 : from];
    pixels[4 * i + 2] = data[coloured ? from + 2 : from];
    pixels[4 * i + 3] = hasAlpha ? data[from + channels - 1] : 255;
  }
  return pixels;
}

/** Samples of 1 to 16 bits as bytes. Lines of less than 8 bits a sample begin at a full byte. */
function samplesAsBytes({ data, width, height, depth }: DecodedPng): Uint8Array | Uint8ClampedArray {
  if (data instanceof Uint16Array) return Uint8Array.from(data, (value) => Math.round(value / 257));
  if (depth === 8) return data;
  const most = 2 ** depth - 1;
  const lineBytes = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const bit = column * depth;
    const byte = data[row * lineBytes + Math.floor(bit / 8)];
    return (((byte >> (8 - depth - (bit % 8))) & most) * 255) / most;
  });
}
