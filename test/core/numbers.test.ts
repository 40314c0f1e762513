import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNonFinite, largestAt } from '../../lib/core/numbers.js';

const wrong = [NaN, Infinity, -Infinity];
const largest = 3.4028234663852886e38;
const finite = [0, -0, 1, -1, largest, -largest, 2 ** -149, -(2 ** -149), 2 ** -126];

describe('firstNonFinite', () => {
  it('finds none among finite numbers, the largest and the smallest included', () => {
    expect(firstNonFinite(new Float32Array(0))).toBe(-1);
    expect(firstNonFinite(Float32Array.from(finite))).toBe(-1);
    expect(firstNonFinite(Float64Array.of(...finite, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324))).toBe(-1);
  });

  it.each([
    ['float32', (values: number[]) => Float32Array.from(values)],
    ['float64', (values: number[]) => Float64Array.from(values)],
  ])('finds the first one at every place of every length, in %s', (_, make) => {
    for (let length = 1; length < 14; length++) {
      for (let place = 0; place < length; place++) {
        for (const value of wrong) {
          const values = make(Array.from({ length }, (__, i) => finite[i % finite.length]));
          values[place] = value;
          values[length - 1] = place === length - 1 ? value : NaN;
          expect(firstNonFinite(values), `${value} at ${place} of ${length}`).toBe(place);
        }
      }
    }
  });

  it('knows NaN by whatever bits', () => {
    for (const bits of [0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffc00000, 0xffffffff]) {
      expect(firstNonFinite(new Float32Array(Uint32Array.of(0, bits, 0).buffer))).toBe(1);
    }
  });

  it('looks at a view alone, not at what lies around it', () => {
    const whole = Float32Array.of(NaN, 1, 2, Infinity, 3, NaN);
    expect(firstNonFinite(whole.subarray(1, 3))).toBe(-1);
    expect(firstNonFinite(whole.subarray(2, 5))).toBe(1);
  });

  it('agrees with Number.isFinite on any bits', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 40 }), (bits) => {
        const values = new Float32Array(bits.buffer, bits.byteOffset, bits.length);
        expect(firstNonFinite(values)).toBe(values.findIndex((value) => !Number.isFinite(value)));
      }),
    );
  });
});

describe('largestAt', () => {
  it('is a place within the row', () => {
    expect(largestAt([9, 1, 3, 2, 8], 1, 3)).toBe(1);
    expect(largestAt([9], 0, 1)).toBe(0);
    expect(largestAt([-3, -1, -2], 0, 3)).toBe(1);
  });

  it('is the first of equals', () => {
    expect(largestAt([1, 2, 2], 0, 3)).toBe(1);
    expect(largestAt([-Infinity, -Infinity], 0, 2)).toBe(0);
    expect(largestAt([-0, 0], 0, 2)).toBe(0);
  });

  it('passes NaN over, but in the first place', () => {
    expect(largestAt([1, NaN, 2], 0, 3)).toBe(2);
    expect(largestAt([NaN, 5, 6], 0, 3)).toBe(0);
    expect(largestAt([NaN, NaN], 0, 2)).toBe(0);
  });
});
