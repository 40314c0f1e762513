import { philox, toUniform } from '../core/random.js';
import type { ReferenceKernel } from './call.js';

/**
 * mask = 0 with probability `rate`, else 1 / (1 - rate); output = input · mask.
 *
 * Element e of the batch takes word e mod 4 of Philox block e div 4, so that a mask depends on seed, stream, step and
 * place only, never on how the batch was cut into tiles.
 */
export const dropout: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, run) => {
  const [input, output, mask] = operands;
  const [columns] = dimensions;
  const [rate, stream] = attributes;
  const scale = Math.fround(1 / (1 - rate));
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
    for (; element < blockEnd; element++) {
      const factor = toUniform(words[element & 3]) >= keepFrom ? scale : 0;
      mask[element] = factor;
      output[element] = input[element] * factor;
    }
  }
  return 0;
};

/** inputGradient = outputGradient · mask */
export const dropoutGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [mask, outputGradient, inputGradient] = operands;
  const [columns] = dimensions;
  for (let i = start * columns; i < end * columns; i++) inputGradient[i] = outputGradient[i] * mask[i];
  return 0;
};
