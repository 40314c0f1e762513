import type { ReferenceKernel } from './call.js';

/**
 * output = (input - mean) · inverseDeviation · gamma + beta, with mean and 1 / √(variance + ε) of each row; the variance
 * is the biased one. The two are kept for the backward pass where it is wanted.
 */
export const layerNorm: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [input, gamma, beta, output, mean, inverseDeviation] = operands;
  const [columns] = dimensions;
  const [epsilon] = attributes;
  for (let row = start; row < end; row++) {
    const offset = row * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += input[offset + j];
    const center = sum / columns;
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const distance = input[offset + j] - center;
      squares += distance * distance;
    }
    const inverse = 1 / Math.sqrt(squares / columns + epsilon);
    for (let j = 0; j < columns; j++) output[offset + j] = (input[offset + j] - center) * inverse * gamma[j] + beta[j];
    if (mean.length > 0) mean[row] = center;
    if (inverseDeviation.length > 0) inverseDeviation[row] = inverse;
  }
  return 0;
};

/**
 * inputGradient = inverseDeviation · (g - mean(g) - normalized · mean(g · normalized)) with g = gamma · outputGradient:
 * the row's mean and variance depend on every input, which is where the two subtracted terms come from.
 */
export const layerNormInputGradient: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, outputGradient, mean, inverseDeviation, gamma, inputGradient] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    const offset = row * columns;
    const center = mean[row];
    const inverse = inverseDeviation[row];
    let sum = 0;
    let product = 0;
    for (let j = 0; j < columns; j++) {
      const g = gamma[j] * outputGradient[offset + j];
      sum += g;
      product += g * (input[offset + j] - center);
    }
    const shift = sum / columns;
    const tilt = (product * inverse) / columns;
    for (let j = 0; j < columns; j++) {
      const normalized = (input[offset + j] - center) * inverse;
      inputGradient[offset + j] = inverse * (gamma[j] * outputGradient[offset + j] - shift - normalized * tilt);
    }
  }
  return 0;
};

/** gammaGradient = Σ_rows outputGradient · normalized input; beta's gradient is that of a bias. */
export const layerNormGammaGradient: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [input, outputGradient, mean, inverseDeviation, gammaGradient] = operands;
  const [columns] = dimensions;
  gammaGradient.fill(0, start, end);
  for (let row = 0; row < rows; row++) {
    for (let column = start; column < end; column++) {
      const i = row * columns + column;
      gammaGradient[column] += outputGradient[i] * ((input[i] - mean[row]) * inverseDeviation[row]);
    }
  }
  return 0;
};
