import { DataError } from '../index.js';
import { greyLevels, type Picture } from '../index.js';

/** Ink, 0 to 255, on a background of 0, row-major. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Side of MNIST's images, and of the box that its digits were scaled to. */
const [SIDE, BOX] = [28, 20];
const LEAST_CONTRAST = 24;
const EDGE = 64;

/** How an image became the network's input. */
export interface DigitImage {
  /** 28 x 28 bytes, light on black. */
  readonly values: Uint8Array;
  /** Whether the image was dark on light. */
  readonly inverted: boolean;
  /** Whether it was cropped, scaled and centred: not so for one that is 28 x 28 already. */
  readonly fitted: boolean;
}

/**
 * An image of a digit as MNIST's were made: light on black, cropped to its ink, the longer side scaled to 20 pixels with
 * grey levels at the edges, and its centre of mass in the middle of 28 x 28. An image that is 28 x 28 already keeps its
 * place and size.
 *
 * @throws DataError where nothing stands out from the background
 *
 * Source of the procedure: LeCun, Bottou, Bengio, Haffner, Proceedings of the IEEE 86 (11), 1998, section III.A.
 */
export function toDigit(picture: Picture): DigitImage {
  const { light, background } = backgroundOf(picture);
  if (picture.width === SIDE && picture.height === SIDE) {
    const values = Uint8Array.from(greyLevels(picture), (grey) => (light ? 255 - grey : grey));
    return { values, inverted: light, fitted: false };
  }
  const ink = cropped(cleaned(inkOf(picture, background)));
  return { values: centred(scaled(ink)), inverted: light, fitted: true };
}

interface Background {
  readonly light: boolean;
  /** Undefined where it is transparent. */
  readonly background: readonly [number, number, number] | undefined;
}

/** The colour that most of the border has: its median, channel by channel. */
function backgroundOf({ width, height, pixels }: Picture): Background {
  const border: number[] = [];
  for (let i = 0; i < width * height; i++) {
    const [row, column] = [Math.floor(i / width), i % width];
    if (row === 0 || column === 0 || row === height - 1 || column === width - 1) border.push(i);
  }
  const median = (channel: number) => {
    const values = Uint8Array.from(border, (i) => pixels[4 * i + channel]).sort();
    return values[values.length >> 1];
  };
  if (median(3) < 128) return { light: false, background: undefined };
  const background = [median(0), median(1), median(2)] as const;
  const [red, green, blue] = background;
  return { light: 0.299 * red + 0.587 * green + 0.114 * blue > 127, background };
}

/** How far each pixel stands out from the background: its distance in colour, the largest being 255. */
function inkOf({ width, height, pixels }: Picture, background: Background['background']): Ink {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const alpha = pixels[4 * i + 3];
    if (background === undefined) {
      values[i] = alpha;
      continue;
    }
    const [red, green, blue] = background.map((level, channel) => pixels[4 * i + channel] - level);
    values[i] = (Math.sqrt((red * red + green * green + blue * blue) / 3) * alpha) / 255;
  }
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  if (most < LEAST_CONTRAST) {
    throw new DataError('ERR_DATA_EMPTY', 'Expected a digit in the image, found nothing that stands out');
  }
  return { width, height, values: values.map((value) => (value * 255) / most) };
}

/** Paper made black and strokes made full, with the edges between left grey. */
function cleaned({ width, height, values }: Ink): Ink {
  const middle = threshold(values);
  const [low, high] = [middle * 0.5, middle * 1.5];
  const stretched = values.map((value) => Math.min(255, Math.max(0, ((value - low) * 255) / (high - low))));
  return { width, height, values: stretched };
}

/** The level half-way between the means of what lies below it and above it (Ridler and Calvard, 1978). */
function threshold(values: Float32Array): number {
  const counts = new Float64Array(256);
  for (const value of values) counts[Math.round(value)]++;
  let level = 127;
  for (let round = 0; round < 100; round++) {
    const [below, above] = [meanOf(counts, 0, level), meanOf(counts, level + 1, 255)];
    const next = Math.round((below + above) / 2);
    if (next === level) break;
    level = next;
  }
  return Math.max(1, level);
}

function meanOf(counts: Float64Array, first: number, last: number): number {
  let [count, sum] = [0, 0];
  for (let level = first; level <= last; level++) {
    count += counts[level];
    sum += level * counts[level];
  }
  return count === 0 ? (first + last) / 2 : sum / count;
}

/** The smallest part that holds all ink but its faintest edge. */
function cropped({ width, height, values }: Ink): Ink {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < EDGE) continue;
    const [row, column] = [Math.floor(i / width), i % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  const [rows, columns] = [bottom - top + 1, right - left + 1];
  const part = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = (top + row) * width + left;
    part.set(values.subarray(from, from + columns), row * columns);
  }
  return { width: columns, height: rows, values: part };
}

/** Scaled so that the longer side is 20 pixels and the strongest ink is 255. */
function scaled({ width, height, values }: Ink): Ink {
  const factor = BOX / Math.max(width, height);
  const [columns, rows] = [width, height].map((extent) => Math.max(1, Math.round(extent * factor)));
  const narrowed = resampleRows(values, height, width, columns);
  const turned = resampleRows(transposed(narrowed, height, columns), columns, height, rows);
  const result = transposed(turned, columns, rows);
  let most = 0;
  for (const value of result) most = Math.max(most, value);
  return { width: columns, height: rows, values: result.map((value) => (value * 255) / most) };
}

/** Each of `count` rows of `from` values as `to` values: weighted means, the weights a triangle as wide as needed. */
function resampleRows(values: Float32Array, count: number, from: number, to: number): Float32Array {
  const result = new Float32Array(count * to);
  const step = from / to;
  const reach = Math.max(1, step);
  for (let column = 0; column < to; column++) {
    const centre = (column + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(from - 1, Math.floor(centre + reach));
    for (let row = 0; row < count; row++) {
      let [sum, weights] = [0, 0];
      for (let at = first; at <= last; at++) {
        const weight = 1 - Math.abs(at - centre) / reach;
        sum += weight * values[row * from + at];
        weights += weight;
      }
      result[row * to + column] = weights > 0 ? sum / weights : 0;
    }
  }
  return result;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: values.length }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** Placed so that the centre of mass lies in the middle, as far as the frame allows. */
function centred({ width, height, values }: Ink): Uint8Array {
  let [mass, acrossSum, downSum] = [0, 0, 0];
  values.forEach((value, i) => {
    mass += value;
    acrossSum += value * ((i % width) + 0.5);
    downSum += value * (Math.floor(i / width) + 0.5);
  });
  const place = (centre: number, extent: number) => Math.min(SIDE - extent, Math.max(0, Math.round(SIDE / 2 - centre)));
  const [left, top] = [place(acrossSum / mass, width), place(downSum / mass, height)];
  const frame = new Uint8Array(SIDE * SIDE);
  values.forEach((value, i) => {
    frame[(top + Math.floor(i / width)) * SIDE + left + (i % width)] = Math.round(value);
  });
  return frame;
}
