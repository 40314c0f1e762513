import type { FloatArray, Run } from '../kernels/call.js';
import type { KernelName } from '../kernels/contract.js';
import { referenceKernels } from '../kernels/reference.js';
import { signatureOf } from '../kernels/signature.js';
import { simdLevels, type Addon } from './addon.js';

/**
 * A known answer for the kernels that every training uses: a matrix product, a softmax with its loss, an Adam step. A
 * BLAS library that computes nonsense on this processor is found before it trains anything.
 */
export function selfTest(addon: Addon): void {
  const input = ramp(3 * 5);
  const kernel = ramp(5 * 4);
  agree(addon, 'dense', [input, kernel, ramp(4), new Float32Array(12)], [5, 4], [1, 0], 3);
  agree(
    addon,
    'softmaxCrossEntropy',
    [ramp(12), Float32Array.of(0, 3, 1), new Float32Array(12), new Float32Array(3)],
    [4],
    [],
    3,
  );
  agree(addon, 'adam', [ramp(6), ramp(6), ramp(6), ramp(6, 0.5)], [3, 2], [0.9, 0.999, 1e-8, 0.01, 1], 3);
}

function ramp(length: number, shift = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => shift + ((i * 7) % 11) / 11 - (shift > 0 ? 0 : 0.4));
}

function agree(
  addon: Addon,
  name: KernelName,
  operands: Float32Array[],
  dimensions: number[],
  attributes: number[],
  rows: number,
): void {
  const scalars = Float64Array.of(0.01, 1.5, 0.8);
  const run: Run = {
    rows,
    step: 0,
    seed: 0,
    scalars,
    totals: new Float64Array(0),
    data: undefined,
    indices: undefined,
    firstSample: 0,
    output: undefined,
  };
  const wanted: FloatArray[] = operands.map((operand) => Float64Array.from(operand));
  const wantedSum = referenceKernels[name]({ operands: wanted, dimensions, attributes }, 0, 3, run);
  for (let level = 0; level < simdLevels.length; level++) {
    const got = operands.map((operand) => operand.slice());
    let sum: number;
    try {
      const { id } = signatureOf(name);
      const numbers = [Float64Array.from(dimensions), Float64Array.from(attributes)] as const;
      sum = addon.runKernel(level, id, got, ...numbers, 0, 3, rows, 0, 0, scalars);
    } catch (error) {
      if (level > 0 && error instanceof Error && error.message.includes('does not have the SIMD level')) return;
      throw error;
    }
    const close = (a: number, b: number) => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
    const same =
      close(sum, wantedSum) && got.every((array, i) => array.every((value, j) => close(value, wanted[i][j])));
    if (!same) throw new Error(`The addon computes wrong numbers: kernel ${name} at SIMD level ${simdLevels[level]}`);
  }
}
