import { philox, toUniform } from '../core/random.js';
import type { FloatArray, ReferenceKernel, Run } from './call.js';

/**
 * What `operations` of `warpImage` are made of: threes of a code and two numbers. Each draws anew for every image, from
 * uniform numbers u, v, w in [0, 1) of a stream of its own.
 *
 * - `shift(x, y)`: by up to x to the sides and y up or down, in pixels
 * - `rotation(a)`: by up to a radians either way
 * - `scale(least, most)`: by a factor between the two
 * - `shear(t)`: slanted by up to t pixels to the side for each pixel of height
 * - `flip(p)`: left to right with probability p
 * - `crop(least)`: a window of at least that share of each side, anywhere, becomes the image
 */
export const warpOperations = { shift: 1, rotation: 2, scale: 3, shear: 4, flip: 5, crop: 6 } as const;

/** Beyond three deviations a Gaussian is cut off, and beyond this many pixels. */
const LARGEST_RADIUS = 64;

/** Pixels to either side that the smoothing of an elastic field takes in. */
function smoothingRadius(sigma: number): number {
  return Math.min(LARGEST_RADIUS, Math.max(0, Math.ceil(3 * sigma)));
}

/** Floats of scratch memory that a native kernel has: kScratchFloats in native/kernels/contract.h. */
export const WARP_SCRATCH_LIMIT = 192 * 1024;

/** Floats of scratch memory that the native kernel needs for one image; as in native/kernels/warp.cc. */
export function warpScratch(width: number, height: number, sigma: number): number {
  const stride = Math.ceil(width / 16) * 16;
  const radius = smoothingRadius(sigma);
  const field = height * (4 * stride + 3 * radius) + Math.ceil((width * height) / 2) + 512;
  return (width + 3) * (height + 3) + field;
}

/** A place in the source image for a place in the output: x' = a·x + b·y + c, y' = d·x + e·y + f, from the image's centre. */
type Transform = [a: number, b: number, c: number, d: number, e: number, f: number];

function keys({ seed, step }: Run): [number, number, number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, step >>> 0, Math.floor(step / 2 ** 32) >>> 0];
}

/** What takes a place in the operation's result back to its image. Unknown codes leave it where it is. */
function inverseOf(code: number, first: number, second: number, words: Uint32Array, width: number, height: number) {
  const [u, v, w] = Array.from(words, toUniform);
  const either = 2 * u - 1;
  const inverse: Transform = [1, 0, 0, 0, 1, 0];
  if (code === warpOperations.shift) {
    inverse[2] = -first * either;
    inverse[5] = -second * (2 * v - 1);
  } else if (code === warpOperations.rotation) {
    const [cosine, sine] = [Math.cos(first * either), Math.sin(first * either)];
    inverse.splice(0, 6, cosine, sine, 0, -sine, cosine, 0);
  } else if (code === warpOperations.scale) {
    inverse[0] = inverse[4] = 1 / (first + (second - first) * u);
  } else if (code === warpOperations.shear) {
    inverse[1] = first * either;
  } else if (code === warpOperations.flip) {
    if (u < first) inverse[0] = -1;
  } else if (code === warpOperations.crop) {
    const share = first + (1 - first) * u;
    inverse[0] = inverse[4] = share;
    inverse[2] = (2 * v - 1) * (1 - share) * 0.5 * width;
    inverse[5] = (2 * w - 1) * (1 - share) * 0.5 * height;
  }
  return inverse;
}

/** First through `inner`, then through `outer`. */
function compose([a, b, c, d, e, f]: Transform, [ia, ib, ic, id, ie, ig]: Transform): Transform {
  return [a * ia + b * id, a * ib + b * ie, a * ic + b * ig + c, d * ia + e * id, d * ib + e * ie, d * ic + e * ig + f];
}

function transformOf(operations: FloatArray, stream: number, row: number, run: Run, width: number, height: number) {
  const [key0, key1, stepLow, stepHigh] = keys(run);
  const words = new Uint32Array(4);
  let transform: Transform = [1, 0, 0, 0, 1, 0];
  for (let i = 0; i < Math.floor(operations.length / 3); i++) {
    philox(words, key0, key1, row, stream + 1 + i, stepLow, stepHigh);
    const [code, first, second] = operations.subarray(3 * i, 3 * i + 3);
    transform = compose(transform, inverseOf(code, first, second, words, width, height));
  }
  return transform;
}

/** Weights of a Gaussian cut off at its radius, with sum 1. */
function gaussianWeights(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma > 0 ? Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)) : 1,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Displacements in x, then in y, `[2, height, width]`: uniform noise in [-1, 1] at each pixel, smoothed by the Gaussian
 * along columns and rows, times alpha. Beyond the image the noise is 0. A byte of the stream is a noise value.
 */
function elasticField(row: number, run: Run, size: { width: number; height: number }, elastic: Elastic): Float64Array {
  const { width, height } = size;
  const { alpha, weights, stream } = elastic;
  const radius = (weights.length - 1) / 2;
  const pixels = width * height;
  const [key0, key1, stepLow, stepHigh] = keys(run);
  const blocks = Math.ceil((2 * pixels) / 16);
  const words = new Uint32Array(4 * blocks);
  for (let block = 0; block < blocks; block++) {
    const counter = (Math.imul(row, blocks) + block) >>> 0;
    philox(words.subarray(4 * block), key0, key1, counter, stream, stepLow, stepHigh);
  }
  const noise = Float64Array.from({ length: 2 * pixels }, (_, i) => {
    return ((words[i >> 2] >>> (8 * (i & 3))) & 255) * (2 / 255) - 1;
  });
  const columns = new Float64Array(2 * pixels);
  const field = new Float64Array(2 * pixels);
  for (let i = 0; i < 2 * pixels; i++) {
    const y = Math.floor((i % pixels) / width);
    for (let k = Math.max(-radius, -y); k <= Math.min(radius, height - 1 - y); k++) {
      columns[i] += weights[k + radius] * noise[i + k * width];
    }
  }
  for (let i = 0; i < 2 * pixels; i++) {
    const x = (i % pixels) % width;
    for (let k = Math.max(-radius, -x); k <= Math.min(radius, width - 1 - x); k++) {
      field[i] += weights[k + radius] * columns[i + k];
    }
    field[i] *= alpha;
  }
  return field;
}

interface Elastic {
  readonly alpha: number;
  readonly weights: Float64Array;
  readonly stream: number;
}

/** Within [-1, limit]; a place that is no number lies outside. */
function near(place: number, limit: number): number {
  if (!(place > -1)) return -1;
  return place < limit ? place : limit;
}

/** The value between four pixels; beyond the image there is 0. */
function bilinear(image: FloatArray, width: number, height: number, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, low] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column >= 0 && column < width && row >= 0 && row < height ? image[row * width + column] : 0;
  const above = at(left, top) + right * (at(left + 1, top) - at(left, top));
  const below = at(left, top + 1) + right * (at(left + 1, top + 1) - at(left, top + 1));
  return above + low * (below - above);
}

/**
 * output(x, y) = input(T(x, y) + d(x, y)): the affine operations as one transform T and an elastic displacement d, in one
 * bilinear resampling. Beyond the image there is 0. `columns` is the image's width.
 */
export const warpImage: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, run) => {
  const [input, operations, output] = operands;
  const [pixels] = dimensions;
  const [columns, sigma, alpha, stream] = attributes;
  const width = columns >= 1 && columns <= pixels ? Math.floor(columns) : pixels;
  const height = Math.floor(pixels / width);
  const elastic = { alpha, stream, weights: gaussianWeights(sigma, smoothingRadius(sigma)) };
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = start; row < end; row++) {
    const image = input.subarray(row * pixels, (row + 1) * pixels);
    const [a, b, c, d, e, f] = transformOf(operations, stream, row, run, width, height);
    const field = alpha === 0 ? undefined : elasticField(row, run, { width, height }, elastic);
    for (let i = 0; i < width * height; i++) {
      const x = (i % width) - centreX;
      const y = Math.floor(i / width) - centreY;
      const sourceX = near(a * x + b * y + c + centreX + (field?.[i] ?? 0), width);
      const sourceY = near(d * x + e * y + f + centreY + (field?.[width * height + i] ?? 0), height);
      output[row * pixels + i] = bilinear(image, width, height, sourceX, sourceY);
    }
    for (let i = width * height; i < pixels; i++) output[row * pixels + i] = image[i];
  }
  return 0;
};

/**
 * output = input, but 0 in a rectangle with probability `probability`. Its sides are whole numbers from `least` to `most`,
 * each as likely as another and none longer than the image; it lies within the image. All from one block of random words.
 */
export const eraseRectangle: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, run) => {
  const [input, output] = operands;
  const [pixels] = dimensions;
  const [columns, probability, least, most, stream] = attributes;
  const width = columns >= 1 && columns <= pixels ? Math.floor(columns) : pixels;
  const height = Math.floor(pixels / width);
  const [key0, key1, stepLow, stepHigh] = keys(run);
  const words = new Uint32Array(4);
  // A whole number below `limit` from 16 bits.
  const below = (bits: number, limit: number) => Math.floor(((bits & 0xffff) * limit) / 65536);
  const side = (bits: number, whole: number) => {
    const from = Math.min(whole, Math.max(0, Math.floor(least)));
    return from + below(bits, Math.max(from, Math.min(whole, Math.floor(most))) - from + 1);
  };
  for (let row = start; row < end; row++) {
    philox(words, key0, key1, row, stream, stepLow, stepHigh);
    for (let i = row * pixels; i < (row + 1) * pixels; i++) output[i] = input[i];
    if (!(toUniform(words[0]) < probability)) continue;
    const [across, down] = [side(words[1], width), side(words[1] >>> 16, height)];
    const left = below(words[2], width - across + 1);
    const top = below(words[2] >>> 16, height - down + 1);
    for (let y = top; y < top + down; y++) {
      output.fill(0, row * pixels + y * width + left, row * pixels + y * width + left + across);
    }
  }
  return 0;
};
