import { philox, toUniform } from '../core/random.js';
import type { BoundCall, ReferenceKernel, Run } from './call.js';

/** Calls `take` for every element of the tile, with whether its random number says that it is kept. */
function forEachKept(
  { dimensions, attributes }: BoundCall,
  start: number,
  end: number,
  run: Run,
  take: (element: number, kept: boolean) => void,
): void {
  const [columns] = dimensions;
  const [rate, stream] = attributes;
  const keepFrom = Math.fround(rate);
  const key0 = run.seed >>> 0;
  const key1 = Math.floor(run.seed / 2 ** 32) >>> 0;
  const stepLow = run.step >>> 0;
  const stepHigh = Math.floor(run.step / 2 ** 32) >>> 0;
  const words = new Uint32Array(4);
  const last = end * columns;
  let element = start * columns;
  while (element < last) {
    philox(words, key0, key1, element >>> 2, stream, stepLow, stepHigh);
    const blockEnd = Math.min(last, (element & ~3) + 4);
    for (; element < blockEnd; element++) take(element, toUniform(words[element & 3]) >= keepFrom);
  }
}

/**
 * mask = 0 with probability `rate`, else 1 / (1 - rate); output = input · mask.
 *
 * Element e of the batch takes word e mod 4 of Philox block e div 4, so that a mask depends on seed, stream, step and
 * place only, never on how the batch was cut into tiles.
 */
export const dropout: ReferenceKernel = (call, start, end, run) => {
  const [input, output, mask] = call.operands;
  const scale = Math.fround(1 / (1 - call.attributes[0]));
  forEachKept(call, start, end, run, (element, kept) => {
    const factor = kept ? scale : 0;
    mask[element] = factor;
    output[element] = input[element] * factor;
  });
  return 0;
};

/** What SELU approaches for large negative inputs: -scale · alpha. */
const SELU_FLOOR = -1.7580993408473766;

/**
 * output = a · x + b, where x is the input, or SELU's floor s with probability `rate`; mask = a or 0.
 *
 * a = 1 / √(q + s²·q·(1 - q)) and b = -a·s·(1 - q) with q = 1 - rate leave mean 0 and variance 1 as they are. Which
 * elements are dropped follows from the same random words as in `dropout`.
 */
export const alphaDropout: ReferenceKernel = (call, start, end, run) => {
  const [input, output, mask] = call.operands;
  const [rate] = call.attributes;
  const scale = 1 / Math.sqrt((1 - rate) * (1 + SELU_FLOOR * SELU_FLOOR * rate));
  const a = Math.fround(scale);
  const b = Math.fround(-scale * SELU_FLOOR * rate);
  const floor = Math.fround(scale * SELU_FLOOR * (1 - rate));
  forEachKept(call, start, end, run, (element, kept) => {
    mask[element] = kept ? a : 0;
    // Added to the floor, so that a NaN passes through where it is dropped too, as it does in dropout.
    output[element] = input[element] * mask[element] + (kept ? b : floor);
  });
  return 0;
};

/** inputGradient = outputGradient · mask */
export const dropoutGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [mask, outputGradient, inputGradient] = operands;
  const [columns] = dimensions;
  for (let i = start * columns; i < end * columns; i++) inputGradient[i] = outputGradient[i] * mask[i];
  return 0;
};
