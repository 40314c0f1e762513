import type { ReferenceKernel } from './call.js';

/** output = input where it is above 0, else slope · input, with one slope a column */
export const prelu: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, slope, output] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      const x = input[row * columns + column];
      output[row * columns + column] = x > 0 ? x : slope[column] * x;
    }
  }
  return 0;
};

/** inputGradient = outputGradient where the input is above 0, else slope · outputGradient */
export const preluInputGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, outputGradient, slope, inputGradient] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      inputGradient[i] = input[i] > 0 ? outputGradient[i] : slope[column] * outputGradient[i];
    }
  }
  return 0;
};

/** slopeGradient = Σ_rows outputGradient · input, over the inputs that are not above 0 */
export const preluSlopeGradient: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [input, outputGradient, slopeGradient] = operands;
  const [columns] = dimensions;
  slopeGradient.fill(0, start, end);
  for (let row = 0; row < rows; row++) {
    for (let column = start; column < end; column++) {
      const i = row * columns + column;
      if (!(input[i] > 0)) slopeGradient[column] += outputGradient[i] * input[i];
    }
  }
  return 0;
};
