import type { FloatArray } from './call.js';

/*
 * Matrix products of the reference engine. JavaScript engines do not vectorize, so the loops are arranged to do several
 * multiply-adds per load: a block of rows and a block of the inner extent share what was read.
 */

/** output[r, :] += Σ_k a[r, k] · b[k, :] for rows `start` to `end`; a is [rows, inner], b is [inner, columns]. */
export function addProduct(
  output: FloatArray,
  a: FloatArray,
  b: FloatArray,
  start: number,
  end: number,
  inner: number,
  columns: number,
): void {
  let row = start;
  for (; row + 1 < end; row += 2) addTwo(output, row, a, row * inner, (row + 1) * inner, 1, b, inner, columns);
  if (row < end) addOne(output, row, a, row * inner, 1, b, inner, columns);
}

/** output[i, :] = Σ_r a[r, i] · b[r, :] for i from `start` to `end`; a is [rows, width], b is [rows, columns]. */
export function productTransposedLeft(
  output: FloatArray,
  a: FloatArray,
  b: FloatArray,
  start: number,
  end: number,
  rows: number,
  width: number,
  columns: number,
): void {
  output.fill(0, start * columns, end * columns);
  let i = start;
  for (; i + 1 < end; i += 2) addTwo(output, i, a, i, i + 1, width, b, rows, columns);
  if (i < end) addOne(output, i, a, i, width, b, rows, columns);
}

/** Two rows of the output; their factors stand in `a` from `first` and `second` on, `step` apart. */
function addTwo(
  output: FloatArray,
  row: number,
  a: FloatArray,
  first: number,
  second: number,
  step: number,
  b: FloatArray,
  inner: number,
  columns: number,
): void {
  const out0 = row * columns;
  const out1 = out0 + columns;
  let k = 0;
  for (; k + 3 < inner; k += 4) {
    const f = first + k * step;
    const s = second + k * step;
    const p0 = a[f];
    const p1 = a[f + step];
    const p2 = a[f + 2 * step];
    const p3 = a[f + 3 * step];
    const q0 = a[s];
    const q1 = a[s + step];
    const q2 = a[s + 2 * step];
    const q3 = a[s + 3 * step];
    const b0 = k * columns;
    const b1 = b0 + columns;
    const b2 = b1 + columns;
    const b3 = b2 + columns;
    for (let j = 0; j < columns; j++) {
      const w0 = b[b0 + j];
      const w1 = b[b1 + j];
      const w2 = b[b2 + j];
      const w3 = b[b3 + j];
      output[out0 + j] += p0 * w0 + p1 * w1 + p2 * w2 + p3 * w3;
      output[out1 + j] += q0 * w0 + q1 * w1 + q2 * w2 + q3 * w3;
    }
  }
  for (; k < inner; k++) {
    const p = a[first + k * step];
    const q = a[second + k * step];
    const b0 = k * columns;
    for (let j = 0; j < columns; j++) {
      output[out0 + j] += p * b[b0 + j];
      output[out1 + j] += q * b[b0 + j];
    }
  }
}

/** One row of the output, as in {@link addTwo}. */
function addOne(
  output: FloatArray,
  row: number,
  a: FloatArray,
  first: number,
  step: number,
  b: FloatArray,
  inner: number,
  columns: number,
): void {
  const out = row * columns;
  let k = 0;
  for (; k + 3 < inner; k += 4) {
    const f = first + k * step;
    const p0 = a[f];
    const p1 = a[f + step];
    const p2 = a[f + 2 * step];
    const p3 = a[f + 3 * step];
    const b0 = k * columns;
    const b1 = b0 + columns;
    const b2 = b1 + columns;
    const b3 = b2 + columns;
    for (let j = 0; j < columns; j++) {
      output[out + j] += p0 * b[b0 + j] + p1 * b[b1 + j] + p2 * b[b2 + j] + p3 * b[b3 + j];
    }
  }
  for (; k < inner; k++) {
    const p = a[first + k * step];
    const b0 = k * columns;
    for (let j = 0; j < columns; j++) output[out + j] += p * b[b0 + j];
  }
}

/** output[r, i] = Σ_j a[r, j] · b[i, j] for rows `start` to `end`; a is [rows, inner], b is [columns, inner]. */
export function productTransposedRight(
  output: FloatArray,
  a: FloatArray,
  b: FloatArray,
  start: number,
  end: number,
  inner: number,
  columns: number,
): void {
  for (let row = start; row < end; row++) {
    const a0 = row * inner;
    const out = row * columns;
    let i = 0;
    for (; i + 3 < columns; i += 4) {
      const b0 = i * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < inner; j++) {
        const value = a[a0 + j];
        s0 += value * b[b0 + j];
        s1 += value * b[b1 + j];
        s2 += value * b[b2 + j];
        s3 += value * b[b3 + j];
      }
      output[out + i] = s0;
      output[out + i + 1] = s1;
      output[out + i + 2] = s2;
      output[out + i + 3] = s3;
    }
    for (; i < columns; i++) {
      const b0 = i * inner;
      let sum = 0;
      for (let j = 0; j < inner; j++) sum += a[a0 + j] * b[b0 + j];
      output[out + i] = sum;
    }
  }
}
