import { checkInteger, checkOptions, expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import { Dataset } from './dataset.js';

export interface ImageSheetOptions {
  /** Images side by side, 1 to 1000; default 16. */
  columns?: number;
  /** Pixels of the sheet for a side of an image's pixel, 1 to 32; default 2. */
  zoom?: number;
}

const MOST_PIXELS = 2 ** 28;
const GAP = 1;

/**
 * The images of a data set side by side on one sheet, as the bytes of a PNG file: to look at what a network is given.
 *
 * @param data with an imageShape; values from 0 to 1 as the network sees them become black to white, others are cut off
 * @param options see {@link ImageSheetOptions}
 * @throws OptionError, ShapeError for data that are no images
 *
 * @example
 * await writeFile('digits.png', await imageSheet(train.take(64)));
 */
export async function imageSheet(data: Dataset, options?: ImageSheetOptions): Promise<Uint8Array> {
  if (!(data instanceof Dataset)) throw new OptionError('ERR_OPTION_TYPE', expected('a Dataset', 'data', data));
  const { columns = 16, zoom = 2 } = checkOptions<ImageSheetOptions>('imageSheet', options, ['columns', 'zoom']);
  checkInteger('columns', columns, { min: 1, max: 1000 });
  checkInteger('zoom', zoom, { min: 1, max: 32 });
  if (data.imageShape === undefined) throw new ShapeError('Expected data with an imageShape for imageSheet');
  const [height, width] = data.imageShape;
  const across = Math.min(columns, data.length);
  const down = Math.ceil(data.length / across);
  const sheet = { width: across * (width + GAP) * zoom, height: down * (height + GAP) * zoom };
  if (sheet.width * sheet.height > MOST_PIXELS) {
    throw new OptionError('ERR_OPTION_RANGE', expected(`at most ${MOST_PIXELS} pixels in all`, 'data', data.length));
  }
  const pixels = new Uint8Array(sheet.width * sheet.height).fill(96);
  for (let index = 0; index < data.length; index++) {
    const sample = data.sample(index);
    const left = (index % across) * (width + GAP) * zoom;
    const top = Math.floor(index / across) * (height + GAP) * zoom;
    for (let y = 0; y < height * zoom; y++) {
      for (let x = 0; x < width * zoom; x++) {
        const value = sample[Math.floor(y / zoom) * width + Math.floor(x / zoom)];
        // NaN becomes black; assignment alone would wrap numbers beyond the range.
        pixels[(top + y) * sheet.width + left + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  const { encode } = await import('fast-png');
  return encode({ ...sheet, data: pixels, channels: 1, depth: 8 });
}
