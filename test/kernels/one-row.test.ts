import { describe, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import { simdLevels } from '../../lib/engine/addon.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { addon, levels } from '../support/engines.js';
import { runNative, runReference, type KernelCall } from '../support/kernel-call.js';

const ROWS = 9;
/** Errors of sums grow with their terms. */
const errorOf = (inputs: number) => ({ rtol: 1e-5, atol: 1e-6 * Math.sqrt(inputs) });

/** Zeros among the inputs: a single row skips what they meet. */
function callFor(inputs: number, units: number, activation: number): KernelCall {
  const random = new RandomStream(inputs, units);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const input = normal(ROWS * inputs).map((value) => (value < 0 ? 0 : value));
  return {
    kernel: 'dense',
    rows: ROWS,
    extents: { inputs, units },
    operands: {
      input,
      kernel: normal(inputs * units),
      bias: normal(units),
      output: new Float32Array(ROWS * units).fill(NaN),
    },
    attributes: [activation, 0],
    scalars: [],
    seed: 1,
    step: 1,
    first: 0,
    count: ROWS,
    shift: 3,
  };
}

// BLAS, which multiplies at the lowest level, adds in another order for one row.
const own = levels.filter((level) => simdLevels[level] !== 'baseline');

describe.skipIf(addon === undefined || own.length === 0)(
  'dense of one row has the bits of that row among others',
  () => {
    const sizes = [7, 16, 17, 20, 100, 256, 272, 515, 1031].flatMap((units) =>
      [1, 3, 33, 784, 2100].map((k) => [k, units]),
    );
    for (const level of own) {
      it.each(sizes)(`${simdLevels[level]}, %i inputs, %i units`, (inputs, units) => {
        for (const activation of [0, 1]) {
          const call = callFor(inputs, units, activation);
          const all = runNative(addon!, level, call).operands['output'] as Float32Array;
          expectClose(all, runReference(call, Float64Array).operands['output']!, errorOf(inputs));
          for (const row of [0, 4, ROWS - 1]) {
            const { input, output } = call.operands as Record<string, Float32Array>;
            const one = {
              ...call,
              rows: 1,
              count: 1,
              operands: {
                ...call.operands,
                input: input.slice(row * inputs, (row + 1) * inputs),
                output: output.slice(0, units),
              },
            };
            const result = runNative(addon!, level, one).operands['output'] as Float32Array;
            expectSameBits(result, all.subarray(row * units, (row + 1) * units));
          }
        }
      });
    }
  },
);
