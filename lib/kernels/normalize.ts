import type { ReferenceKernel } from './call.js';

/** mean, 1 / √(biased variance + ε) and unbiased variance of each column; that of one row does not exist and is written as 0 */
export const batchNormStatistics: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { rows }) => {
  const [input, mean, inverseDeviation, variance] = operands;
  const [columns] = dimensions;
  const [epsilon] = attributes;
  for (let column = start; column < end; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += input[row * columns + column];
    const center = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const distance = input[row * columns + column] - center;
      squares += distance * distance;
    }
    mean[column] = center;
    inverseDeviation[column] = 1 / Math.sqrt(squares / rows + epsilon);
    variance[column] = rows > 1 ? squares / (rows - 1) : 0;
  }
  return 0;
};

/** running = momentum · running + (1 - momentum) · new; a batch of one row leaves the variance as it was */
export const runningStatistics: ReferenceKernel = ({ operands, attributes }, start, end, { rows }) => {
  const [mean, variance, runningMean, runningVariance] = operands;
  const [momentum] = attributes;
  let watch = 0;
  for (let column = start; column < end; column++) {
    runningMean[column] = momentum * runningMean[column] + (1 - momentum) * mean[column];
    watch += 0 * runningMean[column];
    if (rows < 2) continue;
    runningVariance[column] = momentum * runningVariance[column] + (1 - momentum) * variance[column];
    watch += 0 * runningVariance[column];
  }
  return watch;
};

/** output = (input - mean) · inverseDeviation · gamma + beta */
export const batchNorm: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, mean, inverseDeviation, gamma, beta, output] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      output[i] = (input[i] - mean[column]) * inverseDeviation[column] * gamma[column] + beta[column];
    }
  }
  return 0;
};

/** output = (input - runningMean) / √(runningVariance + ε) · gamma + beta */
export const batchNormInference: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [input, runningMean, runningVariance, gamma, beta, output] = operands;
  const [columns] = dimensions;
  const [epsilon] = attributes;
  for (let column = 0; column < columns; column++) {
    const scale = gamma[column] / Math.sqrt(runningVariance[column] + epsilon);
    for (let row = start; row < end; row++) {
      const i = row * columns + column;
      output[i] = (input[i] - runningMean[column]) * scale + beta[column];
    }
  }
  return 0;
};

/** betaGradient = Σ_rows outputGradient; gammaGradient = Σ_rows outputGradient · normalized input */
export const batchNormParameterGradients: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [input, outputGradient, mean, inverseDeviation, gammaGradient, betaGradient] = operands;
  const [columns] = dimensions;
  for (let column = start; column < end; column++) {
    let beta = 0;
    let gamma = 0;
    for (let row = 0; row < rows; row++) {
      const i = row * columns + column;
      beta += outputGradient[i];
      gamma += outputGradient[i] * (input[i] - mean[column]);
    }
    betaGradient[column] = beta;
    gammaGradient[column] = gamma * inverseDeviation[column];
  }
  return 0;
};

/**
 * inputGradient = gamma · inverseDeviation · (outputGradient - betaGradient / rows - normalized · gammaGradient / rows):
 * the mean and the variance depend on every row, which is where the two subtracted terms come from.
 */
export const batchNormInputGradient: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [input, outputGradient, mean, inverseDeviation, gamma, gammaGradient, betaGradient, inputGradient] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const normalized = (input[i] - mean[column]) * inverseDeviation[column];
      const centered = outputGradient[i] - (betaGradient[column] + normalized * gammaGradient[column]) / rows;
      inputGradient[i] = gamma[column] * inverseDeviation[column] * centered;
    }
  }
  return 0;
};

/** inputGradient = outputGradient · gamma / √(runningVariance + ε): a frozen BatchNorm is a scale and a shift. */
export const batchNormInferenceGradient: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [outputGradient, runningVariance, gamma, inputGradient] = operands;
  const [columns] = dimensions;
  const [epsilon] = attributes;
  for (let column = 0; column < columns; column++) {
    const scale = gamma[column] / Math.sqrt(runningVariance[column] + epsilon);
    for (let row = start; row < end; row++) {
      inputGradient[row * columns + column] = outputGradient[row * columns + column] * scale;
    }
  }
  return 0;
};

/** output = (input - mean) / deviation, with one mean and one deviation a column */
export const standardize: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, mean, deviation, output] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      output[i] = (input[i] - mean[column]) / deviation[column];
    }
  }
  return 0;
};
