import type { ReferenceKernel } from './call.js';

/** inputGradient = output · (outputGradient - Σ output · outputGradient), row by row: every output depends on every input. */
export const softmaxGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [output, outputGradient, inputGradient] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    const offset = row * columns;
    let mean = 0;
    for (let j = offset; j < offset + columns; j++) mean += output[j] * outputGradient[j];
    for (let j = offset; j < offset + columns; j++) inputGradient[j] = output[j] * (outputGradient[j] - mean);
  }
  return 0;
};
