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
