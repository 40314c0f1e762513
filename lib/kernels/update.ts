import type { ReferenceKernel } from './call.js';

// Updates without a memory of sizes. α is the learning rate of the step times the parameter's multiplier.

/** p -= α·g */
export const sgd: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter] = operands;
  const [, inner] = dimensions;
  const [multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  for (let i = start * inner; i < end * inner; i++) parameter[i] -= rate * gradient[i];
  return 0;
};

/** v = μ·v + c·g; p -= α·v, with c, the share of the gradient, as scalar 1 */
export const momentum: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, velocity] = operands;
  const [, inner] = dimensions;
  const [mu, multiplier] = attributes;
  const [learningRate, share] = scalars;
  const rate = learningRate * multiplier;
  for (let i = start * inner; i < end * inner; i++) {
    const speed = mu * velocity[i] + share * gradient[i];
    velocity[i] = speed;
    parameter[i] -= rate * speed;
  }
  return 0;
};

/** v = μ·v + g; p -= α·(g + μ·v) */
export const nesterov: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, velocity] = operands;
  const [, inner] = dimensions;
  const [mu, multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  for (let i = start * inner; i < end * inner; i++) {
    const speed = mu * velocity[i] + gradient[i];
    velocity[i] = speed;
    parameter[i] -= rate * (gradient[i] + mu * speed);
  }
  return 0;
};
