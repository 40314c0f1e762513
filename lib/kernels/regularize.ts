import type { ReferenceKernel } from './call.js';

/** gradient += λ · parameter; returns λ/2 · Σ parameter² */
export const l2: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [parameter, gradient] = operands;
  const [, inner] = dimensions;
  const [lambda] = attributes;
  let squares = 0;
  for (let i = start * inner; i < end * inner; i++) {
    gradient[i] += lambda * parameter[i];
    squares += parameter[i] * parameter[i];
  }
  return (lambda / 2) * squares;
};

/** gradient += λ · sign(parameter), with sign(0) = 0; returns λ · Σ |parameter| */
export const l1: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [parameter, gradient] = operands;
  const [, inner] = dimensions;
  const [lambda] = attributes;
  let sizes = 0;
  for (let i = start * inner; i < end * inner; i++) {
    gradient[i] += lambda * Math.sign(parameter[i]);
    sizes += Math.abs(parameter[i]);
  }
  return lambda * sizes;
};

/** penalizedGradient = outputGradient + λ · sign(output) / batch; returns λ · Σ |output| / batch */
export const activityL1: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { rows }) => {
  const [output, outputGradient, penalizedGradient] = operands;
  const [columns] = dimensions;
  const factor = attributes[0] / rows;
  let sizes = 0;
  for (let i = start * columns; i < end * columns; i++) {
    penalizedGradient[i] = outputGradient[i] + factor * Math.sign(output[i]);
    sizes += Math.abs(output[i]);
  }
  return factor * sizes;
};

/** penalizedGradient = outputGradient + λ · output / batch; returns λ/2 · Σ output² / batch */
export const activityL2: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { rows }) => {
  const [output, outputGradient, penalizedGradient] = operands;
  const [columns] = dimensions;
  const factor = attributes[0] / rows;
  let squares = 0;
  for (let i = start * columns; i < end * columns; i++) {
    penalizedGradient[i] = outputGradient[i] + factor * output[i];
    squares += output[i] * output[i];
  }
  return (factor / 2) * squares;
};
