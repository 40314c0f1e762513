import { signatures } from '../kernels/signature.js';
import type { CallPlan, Program } from './program.js';

/** What a call has to do in one step. */
export interface Work {
  /** Operations of its matrix product, a multiply-add counting two; 0 for kernels that are none. */
  readonly flops: number;
  /** Bytes that it reads and writes, wherever they lie. */
  readonly bytes: number;
}

/** The kernels whose work is a product of all their extents and the rows of the batch. */
const products = new Set(['dense', 'denseInputGradient', 'denseKernelGradient']);

/** @param rows of the batch */
export function workOf({ kernel, operands, dimensions }: CallPlan, { buffers }: Program, rows: number): Work {
  const signature = signatures[kernel];
  const extents = dimensions.reduce((product, extent) => product * extent, 1);
  const bytes = operands.reduce((sum, id, place) => {
    if (id < 0) return sum;
    const { first, second } = buffers[id];
    const passes = signature.operands[place].direction === 'inout' ? 2 : 1;
    return sum + 4 * passes * (first < 0 ? rows : first) * second;
  }, 0);
  return { flops: products.has(signature.kernel) ? 2 * rows * extents : 0, bytes };
}

export function kernelOf({ kernel }: CallPlan): string {
  return signatures[kernel].kernel;
}
