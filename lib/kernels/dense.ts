import { activate } from './activation.js';
import type { ReferenceKernel } from './call.js';
import { addProduct, productTransposedLeft, productTransposedRight } from './products.js';

/** output = activation(input · kernel + bias) */
export const dense: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [input, kernel, bias, output] = operands;
  const [inputs, units] = dimensions;
  const [activation, parameter] = attributes;
  for (let row = start; row < end; row++) {
    if (bias.length > 0) output.set(bias, row * units);
    else output.fill(0, row * units, (row + 1) * units);
  }
  addProduct(output, input, kernel, start, end, inputs, units);
  activate(activation, parameter, output, output, start * units, end * units);
  return 0;
};

/** inputGradient = outputGradient · kernelᵀ */
export const denseInputGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [outputGradient, kernel, inputGradient] = operands;
  const [units, inputs] = dimensions;
  productTransposedRight(inputGradient, outputGradient, kernel, start, end, units, inputs);
  return 0;
};

/** kernelGradient = inputᵀ · outputGradient, for the rows of the kernel matrix in the tile */
export const denseKernelGradient: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [input, outputGradient, kernelGradient] = operands;
  const [inputs, units] = dimensions;
  productTransposedLeft(kernelGradient, input, outputGradient, start, end, rows, inputs, units);
  return 0;
};

/** biasGradient = Σ_rows outputGradient */
export const denseBiasGradient: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [outputGradient, biasGradient] = operands;
  const [units] = dimensions;
  biasGradient.fill(0, start, end);
  for (let row = 0; row < rows; row++) {
    for (let unit = start; unit < end; unit++) biasGradient[unit] += outputGradient[row * units + unit];
  }
  return 0;
};
