/** Place of the largest of `width` numbers from `offset`; the first of equals. NaN is passed over, but in the first place. */
export function largestAt(values: ArrayLike<number>, offset: number, width: number): number {
  let best = 0;
  for (let j = 1; j < width; j++) if (values[offset + j] > values[offset + best]) best = j;
  return best;
}

/** Place of the first value that is NaN or an infinity, -1 where there is none. */
export function firstNonFinite(values: Float32Array | Float64Array): number {
  if (values instanceof Float32Array && allFinite(values)) return -1;
  for (let i = 0; i < values.length; i++) {
    // NaN - NaN and Infinity - Infinity are NaN: one comparison finds both.
    if (values[i] - values[i] !== 0) return i;
  }
  return -1;
}

/**
 * Reads bits, which is faster than numbers, and `predictSync` looks at every sample: an exponent of all ones, which only NaN
 * and the infinities have, overflows into the sign when one is added to it.
 */
function allFinite({ buffer, byteOffset, length }: Float32Array): boolean {
  const exponent = 0x7f800000;
  const one = 0x00800000;
  const bits = new Int32Array(buffer, byteOffset, length);
  const whole = length - (length % 4);
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    seen |= ((bits[i] & exponent) + one) | ((bits[i + 1] & exponent) + one);
    seen |= ((bits[i + 2] & exponent) + one) | ((bits[i + 3] & exponent) + one);
  }
  for (let i = whole; i < length; i++) seen |= (bits[i] & exponent) + one;
  return seen >= 0;
}
