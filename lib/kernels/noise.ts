import { philox } from '../core/random.js';
import type { ReferenceKernel } from './call.js';

/*
 * Normal numbers by Box and Muller, written out as polynomials over the same random words as in `native/kernels/noise.cc`:
 * Math.log and Math.cos may differ between JavaScript engines, and both from a C library. The two engines agree to 2e-6
 * of a standard deviation: what rounding in float32 leaves.
 */

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** Natural logarithm of a float32 in (0, 1) to 1e-7 relative (Cephes' polynomial). */
function logarithm(u: number): number {
  floats[0] = u;
  let exponent = (bits[0] >>> 23) - 127;
  bits[0] = (bits[0] & 0x7fffff) | 0x3f800000;
  let mantissa = floats[0];
  if (mantissa > 1.41421354) {
    mantissa *= 0.5;
    exponent++;
  }
  const x = mantissa - 1;
  let series = 7.0376836292e-2;
  series = series * x - 1.151461031e-1;
  series = series * x + 1.167699874e-1;
  series = series * x - 1.2420140846e-1;
  series = series * x + 1.4249322787e-1;
  series = series * x - 1.6668057665e-1;
  series = series * x + 2.0000714765e-1;
  series = series * x - 2.4999993993e-1;
  series = series * x + 3.3333331174e-1;
  const rest = series * x * x * x - 0.5 * x * x - 2.1219444e-4 * exponent;
  return x + rest + 0.693359375 * exponent;
}

/**
 * Two independent standard normal numbers from two random words, into `output`. The radius takes 23 bits of the first
 * word, so that no number is beyond 5.8; the angle takes 24 of the second, as a quarter turn and what is left of it.
 */
function normalPair(output: Float64Array, radiusWord: number, angleWord: number): void {
  const radius = Math.sqrt(-2 * logarithm(((radiusWord >>> 9) + 0.5) * 2 ** -23));
  const turn = angleWord >>> 8;
  const quarter = (turn + 2 ** 21) >>> 22;
  const angle = (turn - quarter * 2 ** 22) * 2 ** -22 * (Math.PI / 2);
  const square = angle * angle;
  const tail = 1 + square * (-1 / 6 + square * (1 / 120 + square * (-1 / 5040 + square * (1 / 362880))));
  const sine = angle * tail;
  const cosine =
    1 + square * (-1 / 2 + square * (1 / 24 + square * (-1 / 720 + square * (1 / 40320 - square * (1 / 3628800)))));
  const x = (quarter & 1) === 0 ? cosine : sine;
  const y = (quarter & 1) === 0 ? sine : cosine;
  output[0] = radius * (((quarter + 1) & 2) === 0 ? x : -x);
  output[1] = radius * ((quarter & 2) === 0 ? y : -y);
}

/**
 * output = input + standardDeviation · normal number.
 *
 * Elements 4k to 4k + 3 of the batch take Philox block k, each pair of elements two of its words: noise depends on seed,
 * stream, step and place only.
 */
export const gaussianNoise: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, run) => {
  const [input, output] = operands;
  const [columns] = dimensions;
  const [standardDeviation, stream] = attributes;
  const key0 = run.seed >>> 0;
  const key1 = Math.floor(run.seed / 2 ** 32) >>> 0;
  const stepLow = run.step >>> 0;
  const stepHigh = Math.floor(run.step / 2 ** 32) >>> 0;
  const words = new Uint32Array(4);
  const normals = new Float64Array(4);
  const [front, back] = [normals.subarray(0, 2), normals.subarray(2, 4)];
  const last = end * columns;
  let element = start * columns;
  while (element < last) {
    philox(words, key0, key1, element >>> 2, stream, stepLow, stepHigh);
    normalPair(front, words[0], words[1]);
    normalPair(back, words[2], words[3]);
    const blockEnd = Math.min(last, (element & ~3) + 4);
    for (; element < blockEnd; element++) output[element] = input[element] + standardDeviation * normals[element & 3];
  }
  return 0;
};
