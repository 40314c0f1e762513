/**
 * Counter-based random numbers: Philox 4x32-10.
 *
 * A value is a pure function of (seed, stream, step, index). There is no state to save: a resumed run continues the
 * stream by its counter, and any number of threads draw the same values in any order. `native/kernels/philox.h` is the
 * twin; both are tested against the published vectors.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** What a stream is for. Streams of different purpose never share a value. Dropout layers use `dropout + layer index`. */
export const streams = {
  initialization: 0x1000_0000,
  shuffle: 0x2000_0000,
  data: 0x3000_0000,
  dropout: 0x4000_0000,
  noise: 0x5000_0000,
  augmentation: 0x6000_0000,
  search: 0x7000_0000,
} as const;

/** High 32 bits of the product of two unsigned 32-bit integers, from four 16-bit products. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Writes the four 32-bit words of one block to `output`. All arguments are unsigned 32-bit integers. */
export function philox(
  output: Uint32Array,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
): void {
  let k0 = key0;
  let k1 = key1;
  let c0 = counter0;
  let c1 = counter1;
  let c2 = counter2;
  let c3 = counter3;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  output[0] = c0;
  output[1] = c1;
  output[2] = c2;
  output[3] = c3;
}

/** A 32-bit word as a float in [0, 1): its upper 24 bits, exact in float32. */
export function toUniform(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** One stream of random numbers, read from its start: for initializers, shuffles and synthetic data. */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream: number;
  readonly #step: number;
  readonly #block = new Uint32Array(4);
  #blockIndex = 0;
  #used = 4;
  #spareNormal: number | undefined;

  /**
   * @param seed whole number in [0, 2^53)
   * @param stream which stream, see {@link streams}
   * @param step any whole number: another step is another, independent part of the stream
   */
  constructor(seed: number, stream: number, step = 0) {
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32) >>> 0;
    this.#stream = stream >>> 0;
    this.#step = step;
  }

  /** An unsigned 32-bit integer. */
  word(): number {
    if (this.#used === 4) {
      const stepHigh = Math.floor(this.#step / 2 ** 32) >>> 0;
      philox(this.#block, this.#key0, this.#key1, this.#blockIndex++, this.#stream, this.#step >>> 0, stepHigh);
      this.#used = 0;
    }
    return this.#block[this.#used++];
  }

  /** A number in [0, 1) with 24 random bits. */
  uniform(): number {
    return toUniform(this.word());
  }

  /** A whole number in [0, limit), without bias; `limit` is at most 2^32. */
  integer(limit: number): number {
    let word = this.word();
    // The words above the last multiple of the limit would favour small numbers; most are below by far, and a remainder of
    // numbers that fill 32 bits is slow.
    if (word >= 2 ** 32 - limit) {
      const usable = 2 ** 32 - (2 ** 32 % limit);
      while (word >= usable) word = this.word();
    }
    return word - Math.floor(word / limit) * limit;
  }

  /** A standard normal number (Box and Muller 1958), in float64. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.word() + 0.5) * 2 ** -32));
    const angle = 2 * Math.PI * (this.word() + 0.5) * 2 ** -32;
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** The whole numbers below `length` in random order. */
  permutation(length: number): Uint32Array {
    const order = new Uint32Array(length);
    for (let i = 0; i < length; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** Shuffles in place (Fisher and Yates) and returns the array. */
  shuffle<T extends Uint32Array | unknown[]>(items: T): T {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = items[last];
      items[last] = items[other];
      items[other] = kept;
    }
    return items;
  }
}

/** A seed for a run that was given none; it is recorded in the history so that the run can be repeated. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
